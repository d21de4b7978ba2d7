import type { GraphProto } from 'onnx-buf';
import type { ClassScore } from '../../shared/run/detection.ts';
import { areFinite } from '../../shared/statistics/are-finite.ts';
import { computingNode, makersOf } from '../onnx/computing-node.ts';
import { type Head, type HeadOutput, notFinite } from './head.ts';

/** [B, classes]: probabilities, after softmax. */
export interface ClassifyLayout extends HeadOutput {
  readonly kind: 'classify';
  readonly classes: number;
  /** The graph ends before the softmax, as torchvision's classifiers do. */
  readonly logits?: true;
}

export interface ClassifyAnswer {
  readonly kind: 'classify';
  /** [B, classes] */
  readonly arrays: { readonly probabilities: Float32Array };
}

/** Probabilities of the image's class. */
export const classifyHead: Head<ClassifyLayout, ClassifyAnswer> = {
  layoutOf({ file, outputs, head }) {
    const shape = outputs[0]?.shape ?? [];
    const classes = shape[1];
    if (shape.length !== 2 || typeof classes !== 'number') return undefined;
    const logits = endsInLogits(file.graph, head.output);
    return { ...head, kind: 'classify', classes, ...(logits && { logits }) };
  },

  describe({ output, classes, logits }) {
    return `${output}: ${logits ? 'logits' : 'probabilities'} of ${classes} classes`;
  },

  addTo(graph, { logits }, output) {
    const probabilities = logits ? graph.op('Softmax', [output], { axis: 1 }) : output;
    return { kind: 'classify', tensors: { probabilities: graph.output(probabilities) } };
  },

  faultOf({ arrays }) {
    return areFinite(arrays.probabilities) ? undefined : notFinite('class probabilities');
  },

  decode({ arrays }) {
    return { detections: [], classScores: topClasses(arrays.probabilities) };
  },
};

/** What hands numbers on, but for their rounding. */
const passing: readonly string[] = [
  ...['Identity', 'Cast', 'Flatten', 'Reshape', 'Squeeze', 'QuantizeLinear', 'DequantizeLinear'],
];
const products = ['Gemm', 'MatMul', 'Conv'];
const normalizing = ['Softmax', 'LogSoftmax', 'Sigmoid'];

/** Whether the answer is a matrix product and a bias, and not one of probabilities: sums of such have no bounds. */
function endsInLogits(graph: GraphProto, output: string): boolean {
  const makers = makersOf(graph);
  const makerOf = (tensor: string) => computingNode(makers, tensor, passing);
  const last = makerOf(output);
  const constants = new Set(graph.initializer.map(({ name }) => name));
  const terms = last?.opType === 'Add' ? last.input.filter((term) => !constants.has(term)) : [];
  const product = terms.length === 1 ? makerOf(terms[0] ?? '') : last;
  if (product === undefined || !products.includes(product.opType)) return false;
  return !normalizing.includes(makerOf(product.input[0] ?? '')?.opType ?? '');
}

/** The `count` most probable classes, best first; equal probabilities in class order. `probabilities`: [classes], after softmax. */
export function topClasses(probabilities: Float32Array, count = 5): ClassScore[] {
  return Array.from(probabilities, (score, classId) => ({ classId, score }))
    .sort((a, b) => b.score - a.score)
    .slice(0, count);
}
