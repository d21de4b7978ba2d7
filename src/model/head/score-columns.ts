import type { GraphProto } from 'onnx-buf';

/** What changes neither the order of a tensor's numbers nor, but for rounding, the numbers. */
const transparent = ['Identity', 'Cast', 'QuantizeLinear', 'DequantizeLinear'];

/**
 * Whether other numbers follow an anchor's class scores: an angle, or keypoints. Scores come out of a Sigmoid, and the output is joined of boxes, scores
 * and what follows. Two classes more or two coordinates look alike in the output's shape.
 */
export function hasMoreThanScores({ node }: GraphProto, output: string): boolean {
  const makers = new Map(node.flatMap((one) => one.output.map((made) => [made, one] as const)));
  const partsOf = (tensor: string): string[] => {
    const maker = makers.get(tensor);
    if (maker === undefined) return [''];
    if (transparent.includes(maker.opType)) return partsOf(maker.input[0] ?? '');
    return maker.opType === 'Concat' ? maker.input.flatMap(partsOf) : [maker.opType];
  };
  const parts = partsOf(output);
  const scores = parts.indexOf('Sigmoid');
  return scores >= 0 && parts.slice(scores).some((opType) => opType !== 'Sigmoid');
}
