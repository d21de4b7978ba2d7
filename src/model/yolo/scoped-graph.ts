import type { GraphProto, NodeProto } from 'onnx-buf';
import { modulesByWeights } from './weight-modules.ts';

/** A graph with what structural questions need: who makes and who reads a tensor, and which module a node belongs to. */
export interface ScopedGraph {
  readonly graph: GraphProto;
  /** Makers before readers. */
  readonly nodes: readonly NodeProto[];
  /** N of the node's `model.N`; `undefined` for a node outside all modules. */
  readonly moduleOf: (node: NodeProto) => number | undefined;
  readonly makers: ReadonlyMap<string, NodeProto>;
  readonly readers: ReadonlyMap<string, readonly NodeProto[]>;
  /** Tensors that carry image data, in the order of the graph: no constants, no shape arithmetic, not the image itself. */
  readonly activations: ReadonlySet<string>;
}

/** `/model.15/cv2/conv/Conv`; wrappers (`nms=True`) put scopes before it: `/model/model.15/...`. */
const outermostScope = /^(?:\/[^/]+)*?\/model\.(\d+)\//;
/** A wrapper that is numbered itself, `/model.0/model.15/...`: the number behind it counts. */
const innermostScope = /^(?:\/[^/]+)*\/model\.(\d+)\//;

export function scopeGraph(graph: GraphProto, imageInput: string): ScopedGraph {
  const makers = new Map<string, NodeProto>();
  const readers = new Map<string, NodeProto[]>();
  for (const node of graph.node) {
    for (const output of node.output) if (output !== '') makers.set(output, node);
    for (const input of new Set(node.input)) {
      const list = readers.get(input);
      if (list === undefined) readers.set(input, [node]);
      else list.push(node);
    }
  }
  const nodes = inOrder(graph.node, makers);
  const activations = activationsFrom(nodes, imageInput);
  const moduleOf = moduleReader(graph, nodes, activations);
  return { graph, nodes, moduleOf, makers, readers, activations };
}

/** Exporters name a node after the Python attribute path of its module; where they do not, weights still are. */
function moduleReader(
  graph: GraphProto,
  nodes: readonly NodeProto[],
  activations: ReadonlySet<string>,
): ScopedGraph['moduleOf'] {
  const readWith = (scope: RegExp) => (node: NodeProto) => {
    const index = scope.exec(node.name)?.[1];
    return index === undefined ? undefined : Number(index);
  };
  const outermost = readWith(outermostScope);
  const found = new Set(nodes.map(outermost));
  found.delete(undefined);
  if (found.size > 1) return outermost;
  if (found.size === 1) return readWith(innermostScope);
  const modules = modulesByWeights(graph, nodes, activations);
  return (node) => modules.get(node);
}

/** ONNX asks for topological order, but float16 converters put their casts last: so nodes wait until what they read is made. */
function inOrder(
  nodes: readonly NodeProto[],
  makers: ReadonlyMap<string, NodeProto>,
): readonly NodeProto[] {
  const placed = new Set<NodeProto>();
  const isReady = (node: NodeProto) =>
    node.input.every((input) => {
      const maker = makers.get(input);
      return maker === undefined || placed.has(maker);
    });
  for (let before = -1; placed.size !== before; ) {
    before = placed.size;
    for (const node of nodes) if (!placed.has(node) && isReady(node)) placed.add(node);
  }
  return [...placed];
}

/** One pass in order finds all that depends on the image. `Shape` ends the flow of data. */
function activationsFrom(nodes: readonly NodeProto[], imageInput: string): Set<string> {
  const reached = new Set([imageInput]);
  for (const node of nodes) {
    if (node.opType === 'Shape' || node.opType === 'Size') continue;
    if (!node.input.some((input) => reached.has(input))) continue;
    for (const output of node.output) if (output !== '') reached.add(output);
  }
  reached.delete(imageInput);
  return reached;
}
