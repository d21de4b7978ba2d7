import type { GraphProto, NodeProto } from 'onnx-buf';
import { dataInputs, type GraphFlow } from './graph-flow.ts';
import { integerAttribute, integersAttribute, isConvolution } from './operators.ts';
import { keepAxes, ofMaps } from './spatial-tensors.ts';

/** Where a tensor of four axes has its channels: [batch, channels, height, width] or [batch, height, width, channels], as Swin and ConvNeXt have inside their blocks. */
export type ChannelAxis = 'first' | 'last';

/** They move numbers along axes that they name: what is true before them is true behind them, too, but for transpositions. */
const moving = new Set(['Concat', 'Split', 'Pad', 'Slice', 'Resize', 'Upsample']);

/**
 * What the graph says of where a tensor has its channels, by what computes with it and what it is computed from, through any operators that keep its axes: convolutions and pools want
 * channels first, matrices with weights and normalization over the last axis want them last, and transpositions lead from one to the other. Empty where nothing tells; both where
 * they contradict each other.
 */
export function channelAxes(
  graph: GraphProto,
  flow: GraphFlow,
  tensor: string,
): ReadonlySet<ChannelAxis> {
  const matrices = new Set(
    graph.initializer.filter(({ dims }) => dims.length === 2).map(({ name }) => name),
  );
  const found = new Set<ChannelAxis>();
  const seen = new Set([flow.originOf(tensor)]);
  // A set visits what is added to it meanwhile.
  for (const each of seen) {
    const maker = flow.makers.get(each);
    if (maker !== undefined) {
      const made = madeAxis(maker, flow, matrices);
      if (made !== undefined) found.add(made);
      if (keepsAxes(maker)) for (const input of dataInputs(flow, maker)) seen.add(input);
    }
    for (const reader of flow.readers.get(each) ?? []) {
      const read = readAxis(reader, each, flow, matrices);
      if (read !== undefined) found.add(read);
      if (keepsAxes(reader)) for (const output of reader.output) seen.add(output);
    }
  }
  return found;
}

function keepsAxes(node: NodeProto): boolean {
  return (keepAxes.has(node.opType) && !isOfMaps(node)) || moving.has(node.opType);
}

/** Of keepAxes, normalizations are defined on channels first. */
function isOfMaps({ opType }: NodeProto): boolean {
  return ofMaps.has(opType) || opType.endsWith('Normalization');
}

function madeAxis(
  node: NodeProto,
  flow: GraphFlow,
  matrices: ReadonlySet<string>,
): ChannelAxis | undefined {
  if (isTransposition(node, toLast)) return 'last';
  if (isTransposition(node, toFirst)) return 'first';
  return computedAxis(node, flow, matrices);
}

function readAxis(
  node: NodeProto,
  tensor: string,
  flow: GraphFlow,
  matrices: ReadonlySet<string>,
): ChannelAxis | undefined {
  if (isTransposition(node, toLast)) return 'first';
  if (isTransposition(node, toFirst)) return 'last';
  // Of a mask, say, that another input is multiplied by, nothing is known.
  const [first] = dataInputs(flow, node);
  return first === tensor ? computedAxis(node, flow, matrices) : undefined;
}

function computedAxis(
  node: NodeProto,
  { originOf }: GraphFlow,
  matrices: ReadonlySet<string>,
): ChannelAxis | undefined {
  const { opType, input } = node;
  if (opType === 'LayerNormalization') {
    return (integerAttribute(node, 'axis') ?? -1) === -1 ? 'last' : undefined;
  }
  if (opType === 'MatMul') return matrices.has(originOf(input[1] ?? '')) ? 'last' : undefined;
  return isConvolution(node) || isOfMaps(node) ? 'first' : undefined;
}

const toLast = [0, 2, 3, 1];
/** To [batch, channels, height, width]. */
export const toFirst: readonly number[] = [0, 3, 1, 2];

export function isTransposition(node: NodeProto, axes: readonly number[]): boolean {
  if (node.opType !== 'Transpose') return false;
  const given = integersAttribute(node, 'perm');
  return given.length === axes.length && given.every((axis, at) => axis === axes[at]);
}
