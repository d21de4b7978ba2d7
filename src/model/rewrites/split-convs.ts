import type { NodeProto } from 'onnx-buf';
import { type ChannelPart, channelParts } from './channel-parts.ts';
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

/** Finds those of float32 whose result nobody reads but what splits it. */
export function findSplitConvs(graph: GraphParts): SplitConv[] {
  return channelParts(graph).flatMap(({ whole, readers, of }): SplitConv[] => {
    if (graph.reads.get(whole) !== readers) return [];
    const found = activationBefore(graph, whole);
    if (found === undefined) return [];
    const { conv, activation, between } = found;
    const [input = '', weights = '', bias] = conv.input;
    const sizes = graph.sizes.get(weights) ?? [];
    const hasBias = bias === undefined || graph.sizes.has(bias);
    if (!hasBias || !isOfSingleCells(conv, sizes)) return [];
    const parts = of(sizes[0] ?? 0);
    return parts === undefined ? [] : [{ input, weights, bias, activation, parts, between }];
  });
}

function activationBefore(
  graph: GraphParts,
  tensor: string,
): ({ readonly conv: NodeProto } & Pick<SplitConv, 'activation' | 'between'>) | undefined {
  const { makers, reads } = graph;
  const maker = makers.get(tensor);
  if (maker === undefined) return undefined;
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
