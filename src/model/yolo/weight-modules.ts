import type { GraphProto, NodeProto } from 'onnx-buf';

/** `model.15.cv2.conv.weight`, `model.model.15.cv2.conv.weight`. */
const weightScope = /^(?:\w+\.)*?model\.(\d+)\./;

/**
 * Modules of nodes by the names of their weights, for files whose nodes carry no scopes (PyTorch before 1.13, its newer "dynamo" exporter).
 * A node without weights belongs to the module whose data it reads; one that mixes modules, or resizes (a Concat or Upsample module of
 * YOLO), belongs to none. Empty unless every convolution tells its module: a guess would move layers.
 * `nodes` has makers before readers; `activations` are the tensors that depend on the image.
 */
export function modulesByWeights(
  graph: GraphProto,
  nodes: readonly NodeProto[],
  activations: ReadonlySet<string>,
): Map<NodeProto, number> {
  const weights = new Map<string, number>();
  for (const { name } of graph.initializer) {
    const index = weightScope.exec(name)?.[1];
    if (index !== undefined) weights.set(name, Number(index));
  }
  const ownModule = (node: NodeProto) =>
    node.input.map((input) => weights.get(input)).find((index) => index !== undefined);
  const convolutions = nodes.filter((node) => node.opType === 'Conv');
  if (convolutions.length === 0 || !convolutions.every((node) => ownModule(node) !== undefined)) {
    return new Map();
  }
  const modules = new Map<NodeProto, number>();
  const madeIn = new Map<string, number>();
  for (const node of nodes) {
    const index = ownModule(node) ?? inheritedModule(node, madeIn, activations);
    if (index === undefined) continue;
    modules.set(node, index);
    for (const output of node.output) madeIn.set(output, index);
  }
  return modules;
}

function inheritedModule(
  node: NodeProto,
  madeIn: ReadonlyMap<string, number>,
  activations: ReadonlySet<string>,
): number | undefined {
  if (node.opType === 'Resize' || node.opType === 'Upsample') return undefined;
  const sources = new Set(
    node.input.filter((input) => activations.has(input)).map((input) => madeIn.get(input)),
  );
  const [only] = sources;
  return sources.size === 1 ? only : undefined;
}
