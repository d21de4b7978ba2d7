import type { AttributeProto, GraphProto, NodeProto } from 'onnx-buf';
import { elementTypes } from '../onnx/element-types.ts';

/** A softmax over bins whose one reader is their weighted sum: how the heads of YOLOv8, v9, v10 and 11 say how far a box reaches. Names are tensors. */
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
}

/** Before it, a softmax takes all axes behind its own for one. */
const softmaxOfOneAxis = 13;
const lastAxis = 3;

/**
 * Distribution focal loss (Li et al. 2020, arXiv 2006.04388) has a distance as the mean of a distribution over bins, which exporters write as Softmax and a Conv of one cell. Finds those of
 * float32, with the bins on axis 1, or on the last one and turned afterward.
 */
export function findBinMeans(graph: GraphProto, opset: number): BinMean[] {
  const makers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node])));
  const sizes = new Map(
    graph.initializer
      .filter(({ dataType }) => dataType === elementTypes.float32)
      .map(({ name, dims }) => [name, dims.map(Number)]),
  );
  return graph.node.flatMap((node): BinMean[] => {
    const [from = '', weights = ''] = node.input;
    const bins = binsOf(node, sizes.get(weights));
    const softmax = bins === undefined ? undefined : softmaxBefore(makers, from, opset);
    const [output = ''] = node.output;
    return bins === undefined || softmax === undefined
      ? []
      : [{ ...softmax, weights, bins, output }];
  });
}

/** Of a Conv that sums up bins of one cell, with weights of these sizes and no bias. */
function binsOf(node: NodeProto, sizes: readonly number[] = []): number | undefined {
  const [filters, bins, ...kernel] = sizes;
  const isSum = isOwn(node, 'Conv') && node.input.length === 2 && filters === 1;
  if (!isSum || kernel.join() !== '1,1') return undefined;
  const isPlain = ['strides', 'dilations', 'kernel_shape'].every((name) =>
    integersOf(node, name).every((value) => value === 1),
  );
  const isWhole = integersOf(node, 'pads').every((value) => value === 0);
  return isPlain && isWhole ? bins : undefined;
}

function softmaxBefore(
  makers: ReadonlyMap<string, NodeProto>,
  tensor: string,
  opset: number,
): Pick<BinMean, 'input' | 'perm'> | undefined {
  const maker = makers.get(tensor);
  if (maker === undefined) return undefined;
  const [from = ''] = maker.input;
  if (isOwn(maker, 'Softmax')) {
    const isOnBins = opset >= softmaxOfOneAxis && [1, -3].includes(axisOf(maker, opset));
    return isOnBins ? { input: from } : undefined;
  }
  const perm = integersOf(maker, 'perm');
  const softmax = makers.get(from);
  const isTurned = isOwn(maker, 'Transpose') && perm.length === 4 && perm[1] === lastAxis;
  if (!isTurned || softmax === undefined || !isOwn(softmax, 'Softmax')) return undefined;
  const [input = ''] = softmax.input;
  return [lastAxis, -1].includes(axisOf(softmax, opset)) ? { input, perm } : undefined;
}

function isOwn({ opType, domain }: NodeProto, wanted: string): boolean {
  return opType === wanted && (domain === '' || domain === 'ai.onnx');
}

function axisOf(node: NodeProto, opset: number): number {
  const given = attributeOf(node, 'axis')?.i;
  if (given !== undefined) return Number(given);
  return opset >= softmaxOfOneAxis ? -1 : 1;
}

function integersOf(node: NodeProto, name: string): number[] {
  return attributeOf(node, name)?.ints.map(Number) ?? [];
}

function attributeOf({ attribute }: NodeProto, wanted: string): AttributeProto | undefined {
  return attribute.find(({ name }) => name === wanted);
}
