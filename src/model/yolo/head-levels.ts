import type { GraphProto, NodeProto } from 'onnx-buf';
import { dataInputs, type GraphFlow } from '../graph/graph-flow.ts';
import { gridStrides } from '../graph/grid-strides.ts';
import { isConvolution } from '../graph/operators.ts';

/**
 * What the head reads, found without any names, from the output back: the last convolutions on a grid are the ends of the head's branches; those of
 * one stride are one level, and the last tensor that all of its branches depend on is what the head reads of that level. In the head's order.
 */
export function levelInputs(graph: GraphProto, flow: GraphFlow, imageInput: string): string[] {
  const strides = gridStrides(graph, flow, imageInput);
  const onGrid = (node: NodeProto) =>
    isConvolution(node) && node.output.some((output) => strides.has(output));
  const levels = new Map<number, string[]>();
  for (const node of walkBack(flow, onGrid)) {
    if (!onGrid(node)) continue;
    const stride = strides.get(node.output[0] ?? '') ?? 0;
    const ends = dataInputs(flow, node);
    levels.set(stride, [...(levels.get(stride) ?? []), ...ends]);
  }
  const places = new Map(flow.nodes.map((node, place) => [node, place]));
  const inputs = [...levels.values()].map((ends) => commonSource(flow, places, ends));
  return inputs.filter((input) => input !== undefined);
}

/**
 * The nodes that the first output depends on, from it back, the first input of each node first; not what lies behind a node for which `ends` holds.
 * Each node once.
 */
export function* walkBack(
  flow: GraphFlow,
  ends: (node: NodeProto) => boolean,
): Generator<NodeProto> {
  const [output] = flow.outputs;
  const seen = new Set<NodeProto>();
  const pending = output === undefined ? [] : [output];
  for (let tensor = pending.pop(); tensor !== undefined; tensor = pending.pop()) {
    const node = flow.makers.get(tensor);
    if (node === undefined || seen.has(node)) continue;
    seen.add(node);
    yield node;
    if (ends(node)) continue;
    for (const input of dataInputs(flow, node).toReversed()) pending.push(input);
  }
}

/** The last tensor that all of `ends` depend on; one of them when it is the only one. `undefined` when that is the image. */
export function commonSource(
  flow: GraphFlow,
  places: ReadonlyMap<NodeProto, number>,
  ends: readonly string[],
): string | undefined {
  const placeOf = (tensor: string): number => {
    const maker = flow.makers.get(tensor);
    return maker === undefined ? -1 : (places.get(maker) ?? -1);
  };
  const open = new Set(ends);
  let place = Math.max(...ends.map(placeOf));
  while (open.size > 1 && place >= 0) {
    const node = flow.nodes[place];
    place--;
    const made = node?.output.filter((output) => open.delete(output)) ?? [];
    if (node === undefined || made.length === 0) continue;
    const inputs = dataInputs(flow, node);
    if (inputs.length === 0) return undefined;
    for (const input of inputs) open.add(input);
  }
  const [only] = open;
  return open.size === 1 ? only : undefined;
}
