import type { GraphProto } from 'onnx-buf';
import { EigenfleetError } from '../../shared/errors.ts';
import type { ClassScore } from '../../shared/run/detection.ts';
import { areFinite } from '../../shared/statistics/are-finite.ts';
import { computingNode, makersOf } from '../onnx/computing-node.ts';
import type { TensorInfo } from '../onnx/tensor-info.ts';
import { type Dimension, shapeText } from '../onnx/tensor-shape.ts';
import { type Head, type HeadOutput, notFinite, withoutAnswer } from './head.ts';

/** [B, classes]: probabilities, after softmax. */
export interface ClassifyLayout extends HeadOutput {
  readonly kind: 'classify';
  readonly classes: number;
  /** The graph ends before the softmax, as torchvision's classifiers do. */
  readonly logits?: true;
  /** It has two more axes, of one cell. */
  readonly onCell?: true;
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
    const [, classes, ...grid] = shape;
    if (typeof classes !== 'number' || !hasOneCell(grid)) return undefined;
    assertAllClasses(file.name, outputs);
    const logits = endsInLogits(file.graph, head.output);
    return {
      ...head,
      kind: 'classify',
      classes,
      ...(logits && { logits }),
      ...(grid.length > 0 && { onCell: true }),
    };
  },

  describe({ output, classes, logits }) {
    return `${output}: ${logits ? 'logits' : 'probabilities'} of ${classes} classes`;
  },

  addTo(graph, { logits, onCell }, output) {
    const scores = onCell ? graph.op('Flatten', [output], { axis: 1 }) : output;
    const probabilities = logits ? graph.op('Softmax', [scores], { axis: 1 }) : scores;
    return { kind: 'classify', tensors: { probabilities: graph.output(probabilities) } };
  },

  faultOf({ arrays }) {
    return areFinite(arrays.probabilities) ? undefined : notFinite('class probabilities');
  },

  decode({ arrays }) {
    return { detections: [], classScores: topClasses(arrays.probabilities) };
  },
};

/** Classifiers whose last layer is a convolution may answer [B, classes, 1, 1]. */
function hasOneCell(grid: readonly Dimension[]): boolean {
  return grid.length === 0 || (grid.length === 2 && grid.every((size) => size === 1));
}

/** The best scores with their classes beside them are not the scores of all classes. */
function assertAllClasses(name: string, [scores, ...others]: readonly TensorInfo[]): void {
  const isOfScores = ({ elemType, shape }: TensorInfo) =>
    elemType === 'int64' && shape.join() === scores?.shape.join();
  if (!others.some(isOfScores)) return;
  throw new EigenfleetError(
    'model',
    `${name} answers with its best classes alone (${scores?.name} ${shapeText(scores?.shape ?? [])}), and the scores of all are expected: export it as Ultralytics does. ${withoutAnswer}`,
  );
}

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
