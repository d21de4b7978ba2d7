import type { NodeProto } from 'onnx-buf';
import { integerAttribute, integersAttribute } from '../graph/operators.ts';
import type { GraphParts } from './graph-parts.ts';
import { isOfSingleCells, isOwn } from './own-node.ts';

/** A softmax over bins, and their weighted sum: how the heads of YOLOv8, v9, v10 and 11 say how far a box reaches. Names are tensors. */
export interface BinMean {
  /** What the softmax reads: float32 [B, bins, 4, N], or another order of its axes. */
  readonly input: string;
  /** Puts the bins of `input` on axis 1; absent where they are there. */
  readonly perm?: readonly number[] | undefined;
  /** float32 [1, bins, 1, 1] */
  readonly weights: string;
  readonly bins: number;
  /** float32 [B, 1, 4, N] */
  readonly output: string;
  /** What the file computes on the way. */
  readonly between: readonly string[];
}

/** Before it, a softmax takes all axes behind its own for one. */
const softmaxOfOneAxis = 13;
const lastAxis = 3;

/**
 * Distribution focal loss (Li et al. 2020, arXiv 2006.04388) has a distance as the mean of a distribution over bins, which exporters write as Softmax and a Conv of one cell. Finds those of
 * float32, with the bins on axis 1, or on the last one and turned afterward.
 */
export function findBinMeans(graph: GraphParts): BinMean[] {
  return graph.nodes.flatMap((node): BinMean[] => {
    const [from = '', weights = ''] = node.input;
    const [output = ''] = node.output;
    const sizes = graph.sizes.get(weights) ?? [];
    const [filters, bins] = sizes;
    const isSum = filters === 1 && node.input.length === 2 && isOfSingleCells(node, sizes);
    const softmax = isSum ? softmaxBefore(graph, from) : undefined;
    return softmax === undefined || bins === undefined
      ? []
      : [{ ...softmax, weights, bins, output }];
  });
}

function softmaxBefore(
  { makers, opset }: GraphParts,
  tensor: string,
): Pick<BinMean, 'input' | 'perm' | 'between'> | undefined {
  const maker = makers.get(tensor);
  if (maker === undefined) return undefined;
  const [from = ''] = maker.input;
  if (isOwn(maker, 'Softmax')) {
    const isOnBins = opset >= softmaxOfOneAxis && [1, -3].includes(axisOf(maker, opset));
    return isOnBins ? { input: from, between: [tensor] } : undefined;
  }
  const perm = integersAttribute(maker, 'perm');
  const softmax = makers.get(from);
  const isTurned = isOwn(maker, 'Transpose') && perm.length === 4 && perm[1] === lastAxis;
  if (!isTurned || softmax === undefined || !isOwn(softmax, 'Softmax')) return undefined;
  const [input = ''] = softmax.input;
  const isOnBins = [lastAxis, -1].includes(axisOf(softmax, opset));
  return isOnBins ? { input, perm, between: [from, tensor] } : undefined;
}

function axisOf(node: NodeProto, opset: number): number {
  return integerAttribute(node, 'axis') ?? (opset >= softmaxOfOneAxis ? -1 : 1);
}
