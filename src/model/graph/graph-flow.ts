import type { GraphProto, NodeProto } from 'onnx-buf';
import { withCaptured } from './captured-inputs.ts';
import { isPassThrough } from './operators.ts';

/** A graph with what structural questions need: who makes and who reads a tensor, whatever form it is handed on in. */
export interface GraphFlow {
  /** Tensors that the graph hands out, as `originOf` has them, in its order. */
  readonly outputs: ReadonlySet<string>;
  /** Makers before readers. */
  readonly nodes: readonly NodeProto[];
  readonly makers: ReadonlyMap<string, NodeProto>;
  /** Who reads a tensor, directly or quantized, cast or reordered on the way. By the tensor that `originOf` gives. */
  readonly readers: ReadonlyMap<string, readonly NodeProto[]>;
  /** The tensor that a quantizer, cast or reordering passes on, through any number of them; the tensor itself where there is none. */
  readonly originOf: (tensor: string) => string;
  /** Tensors that carry image data, in the order of the graph: no constants, no shape arithmetic, not the image itself. */
  readonly activations: ReadonlySet<string>;
}

export function flowOf(graph: GraphProto, imageInput: string): GraphFlow {
  const all = graph.node.map(withCaptured);
  const makers = new Map<string, NodeProto>();
  for (const node of all) {
    for (const output of node.output) if (output !== '') makers.set(output, node);
  }
  const nodes = inOrder(
    all,
    makers,
    readersOf(all, (tensor) => tensor),
  );
  const originOf = originsIn(nodes);
  const real = all.filter((node) => !isPassThrough(node));
  return {
    outputs: new Set(graph.output.map(({ name }) => originOf(name))),
    nodes,
    makers,
    readers: readersOf(real, originOf),
    originOf,
    activations: activationsFrom(nodes, imageInput),
  };
}

/** What a node reads of the image's data, each tensor once, in the order of its inputs. */
export function dataInputs(
  { originOf, activations }: Pick<GraphFlow, 'originOf' | 'activations'>,
  node: NodeProto,
): string[] {
  const inputs = node.input.filter((input) => activations.has(input)).map(originOf);
  return inputs.length < 2 ? inputs : [...new Set(inputs)];
}

function readersOf(
  nodes: readonly NodeProto[],
  originOf: (tensor: string) => string,
): Map<string, NodeProto[]> {
  const readers = new Map<string, NodeProto[]>();
  for (const node of nodes) {
    for (const input of new Set(node.input.map(originOf))) {
      const list = readers.get(input);
      if (list === undefined) readers.set(input, [node]);
      else list.push(node);
    }
  }
  return readers;
}

function originsIn(nodes: readonly NodeProto[]): (tensor: string) => string {
  const origins = new Map<string, string>();
  const originOf = (tensor: string) => origins.get(tensor) ?? tensor;
  for (const node of nodes) {
    const [source] = node.input;
    if (source === undefined || !isPassThrough(node)) continue;
    // A quantizer's scale and zero point are numbers beside the data.
    origins.set(node.output[0] ?? '', originOf(source));
  }
  return originOf;
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

/** One pass in order finds all that depends on the image. `Shape` ends the flow of data, and the scale of a quantizer is none. */
function activationsFrom(nodes: readonly NodeProto[], imageInput: string): Set<string> {
  const reached = new Set([imageInput]);
  for (const node of nodes) {
    if (node.opType === 'Shape' || node.opType === 'Size') continue;
    if (!node.input.some((input) => reached.has(input))) continue;
    const made = node.opType === 'DynamicQuantizeLinear' ? node.output.slice(0, 1) : node.output;
    for (const output of made) if (output !== '') reached.add(output);
  }
  reached.delete(imageInput);
  return reached;
}
