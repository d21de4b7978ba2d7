import type { GraphProto, NodeProto } from 'onnx-buf';
import { rememberedByObject } from '../../shared/host/remembered.ts';
import { modulesByWeights } from './weight-modules.ts';

/** A graph with what structural questions need: who makes and who reads a tensor, and which module a node belongs to. */
export interface ScopedGraph {
  /** Names of the graph's outputs. */
  readonly outputs: ReadonlySet<string>;
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
  const nodes = inOrder(graph.node, makers, readers);
  const activations = activationsFrom(nodes, imageInput);
  const moduleOf = remembering(moduleReader(graph, nodes, activations));
  const outputs = new Set(graph.output.map(({ name }) => name));
  return { outputs, nodes, moduleOf, makers, readers, activations };
}

/** A node is asked for its module once for each of its inputs, and its name may be long. */
function remembering(read: ScopedGraph['moduleOf']): ScopedGraph['moduleOf'] {
  const known = rememberedByObject((node: NodeProto) => ({ index: read(node) }));
  return (node) => known(node).index;
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

/**
 * ONNX asks for topological order, but float16 converters put their casts last. So the nodes are gone through in rounds, and a node waits for the
 * round in which all that it reads is made before its turn: this round where the maker stands before it, the next one where it stands behind. Each
 * node and each edge is looked at once. Nodes of a cycle are left out.
 */
function inOrder(
  nodes: readonly NodeProto[],
  makers: ReadonlyMap<string, NodeProto>,
  readers: ReadonlyMap<string, readonly NodeProto[]>,
): readonly NodeProto[] {
  const places = new Map(nodes.map((node, place) => [node, place]));
  const rounds = new Uint32Array(nodes.length);
  const unmade = nodes.map((node) => madeInputs(node, makers).length);
  const ready = nodes.filter((_, place) => unmade[place] === 0);
  // An array's walk visits what is added to it meanwhile.
  for (const node of ready) {
    const place = places.get(node) ?? 0;
    for (const output of new Set(node.output)) {
      if (makers.get(output) !== node) continue;
      for (const reader of readers.get(output) ?? []) {
        const at = places.get(reader) ?? 0;
        const round = (rounds[place] ?? 0) + (at < place ? 1 : 0);
        rounds[at] = Math.max(rounds[at] ?? 0, round);
        unmade[at] = (unmade[at] ?? 0) - 1;
        if (unmade[at] === 0) ready.push(reader);
      }
    }
  }
  const turn = (node: NodeProto): number => {
    const place = places.get(node) ?? 0;
    return (rounds[place] ?? 0) * nodes.length + place;
  };
  return ready.sort((a, b) => turn(a) - turn(b));
}

/** What a node reads that another node makes, each once. */
function madeInputs(node: NodeProto, makers: ReadonlyMap<string, NodeProto>): string[] {
  return [...new Set(node.input)].filter((input) => makers.has(input));
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
