import type { NodeProto } from 'onnx-buf';
import { integerAttribute, integersAttribute } from '../graph/operators.ts';
import type { GraphParts } from './graph-parts.ts';
import { isOfSingleCells, isOwn } from './own-node.ts';

/** A Conv of single cells whose channels are split at once, as the blocks of YOLOv8 and later begin. Names are tensors. */
export interface SplitConv {
  readonly input: string;
  /** float32 [C, inputs, 1, 1] */
  readonly weights: string;
  /** float32 [C]; absent where it has none. */
  readonly bias?: string | undefined;
  /** Between the two. SiLU is x * sigmoid(x). */
  readonly activation: 'none' | 'silu';
  readonly parts: readonly ChannelPart[];
  /** What the file computes on the way. */
  readonly between: readonly string[];
}

export interface ChannelPart {
  /** [B, channels, h, w] */
  readonly output: string;
  readonly channels: number;
}

/** Finds those of float32 whose result nobody reads but the Split. */
export function findSplitConvs(graph: GraphParts): SplitConv[] {
  return graph.nodes.flatMap((split): SplitConv[] => {
    if (!isOwn(split, 'Split') || (integerAttribute(split, 'axis') ?? 0) !== 1) return [];
    const [whole = ''] = split.input;
    const found = activationBefore(graph, whole);
    if (found === undefined) return [];
    const { conv, activation, between } = found;
    const [input = '', weights = '', bias] = conv.input;
    const sizes = graph.sizes.get(weights) ?? [];
    const hasBias = bias === undefined || graph.sizes.has(bias);
    if (!hasBias || !isOfSingleCells(conv, sizes)) return [];
    const parts = partsOf(split, sizes[0] ?? 0, graph);
    return parts === undefined ? [] : [{ input, weights, bias, activation, parts, between }];
  });
}

/** Of a tensor that is read once. */
function activationBefore(
  graph: GraphParts,
  tensor: string,
): ({ readonly conv: NodeProto } & Pick<SplitConv, 'activation' | 'between'>) | undefined {
  const { makers, reads } = graph;
  const maker = makers.get(tensor);
  if (maker === undefined || reads.get(tensor) !== 1) return undefined;
  if (isOwn(maker, 'Conv')) return { conv: maker, activation: 'none', between: [tensor] };
  if (!isOwn(maker, 'Mul')) return undefined;
  const factors = maker.input.map((name) => makers.get(name));
  const sigmoid = factors.find((node) => node !== undefined && isOwn(node, 'Sigmoid'));
  const conv = factors.find((node) => node !== undefined && isOwn(node, 'Conv'));
  const [made = ''] = conv?.output ?? [];
  const [gate = ''] = sigmoid?.output ?? [];
  const isSilu = sigmoid?.input[0] === made && reads.get(gate) === 1 && reads.get(made) === 2;
  return conv === undefined || !isSilu
    ? undefined
    : { conv, activation: 'silu', between: [tensor, gate, made] };
}

function partsOf(
  split: NodeProto,
  channels: number,
  { lists }: Pick<GraphParts, 'lists'>,
): ChannelPart[] | undefined {
  const { output } = split;
  const [, given] = split.input;
  const own = given === undefined ? integersAttribute(split, 'split') : lists.get(given);
  if (own === undefined) return undefined;
  const equal = output.map(() => channels / output.length);
  const sizes = own.length === 0 ? equal : own;
  const areWhole = sizes.every((size) => Number.isInteger(size) && size > 0);
  const sum = sizes.reduce((all, size) => all + size, 0);
  if (!areWhole || sum !== channels || sizes.length !== output.length) return undefined;
  return output.map((name, part) => ({ output: name, channels: sizes[part] ?? 0 }));
}
