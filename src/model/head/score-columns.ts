import type { GraphProto } from 'onnx-buf';

/** What changes neither the order of a tensor's numbers nor, but for rounding, the numbers. */
const transparent = ['Identity', 'Cast', 'QuantizeLinear', 'DequantizeLinear'];

/**
 * Whether other numbers follow an anchor's class scores: an angle, or keypoints. Scores come out of a Sigmoid, and the output is joined of boxes, scores
 * and what follows. Two classes more or two coordinates look alike in the output's shape.
 */
export function hasMoreThanScores(graph: GraphProto, output: string): boolean {
  return behindScores(graph, output).some((opType) => opType !== 'Sigmoid');
}

/**
 * Whether keypoints follow an anchor's class scores. They are the only numbers there that an export lays out anew as a whole, by one Reshape: an angle is multiplied, and raw
 * numbers of several levels are joined.
 */
export function hasKeypoints(graph: GraphProto, output: string): boolean {
  const [first, ...more] = behindScores(graph, output).filter((opType) => opType !== 'Sigmoid');
  return first === 'Reshape' && more.length === 0;
}

/** What makes the numbers from the scores on, in their order; none where no score is found. */
function behindScores({ node }: GraphProto, output: string): string[] {
  const makers = new Map(node.flatMap((one) => one.output.map((made) => [made, one] as const)));
  const partsOf = (tensor: string): string[] => {
    const maker = makers.get(tensor);
    if (maker === undefined) return [''];
    if (transparent.includes(maker.opType)) return partsOf(maker.input[0] ?? '');
    return maker.opType === 'Concat' ? maker.input.flatMap(partsOf) : [maker.opType];
  };
  const parts = partsOf(output);
  const scores = parts.indexOf('Sigmoid');
  return scores < 0 ? [] : parts.slice(scores);
}
