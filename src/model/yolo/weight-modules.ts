import type { GraphProto, NodeProto } from 'onnx-buf';
import { dataInputs, type GraphFlow } from '../graph/graph-flow.ts';
import { isConvolution, isPassThrough } from '../graph/operators.ts';

/** `model.15.cv2.conv.weight`, `model.model.15.cv2.conv.weight`. */
const weightScope = /^(?:\w+\.)*?model\.(\d+)\./;

/**
 * Modules of nodes by the names of their weights, for files whose nodes carry no scopes (PyTorch before 1.13, its newer "dynamo" exporter
 * after a simplifier). A node without weights belongs to the module whose data it reads; one that mixes modules, or resizes (a Concat or
 * Upsample module of YOLO), belongs to none. `undefined` unless every convolution tells its module: a guess would move layers.
 */
export function modulesByWeights(
  graph: GraphProto,
  flow: GraphFlow,
): Map<NodeProto, number> | undefined {
  const weights = new Map<string, number>();
  for (const { name } of graph.initializer) {
    const index = weightScope.exec(name)?.[1];
    if (index !== undefined) weights.set(name, Number(index));
  }
  const nodes = flow.nodes.filter((node) => !isPassThrough(node));
  const ownModule = weightReader(flow, weights);
  const convolutions = nodes.filter(isConvolution);
  if (convolutions.length === 0 || !convolutions.every((node) => ownModule(node) !== undefined)) {
    return undefined;
  }
  const modules = new Map<NodeProto, number>();
  for (const node of nodes) {
    const index = ownModule(node) ?? inheritedModule(node, flow, modules);
    if (index !== undefined) modules.set(node, index);
  }
  return modules;
}

/** Weights may be dequantized or cast on their way to the node. */
function weightReader(
  { originOf }: GraphFlow,
  weights: ReadonlyMap<string, number>,
): (node: NodeProto) => number | undefined {
  return ({ input }) => {
    for (const name of input) {
      const index = weights.get(originOf(name));
      if (index !== undefined) return index;
    }
    return undefined;
  };
}

function inheritedModule(
  node: NodeProto,
  flow: GraphFlow,
  modules: ReadonlyMap<NodeProto, number>,
): number | undefined {
  if (node.opType === 'Resize' || node.opType === 'Upsample') return undefined;
  const sources = dataInputs(flow, node).map((input) => {
    const maker = flow.makers.get(input);
    return maker && modules.get(maker);
  });
  const [only] = sources;
  return sources.every((source) => source === only) ? only : undefined;
}
