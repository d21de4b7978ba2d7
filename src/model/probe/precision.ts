import { type GraphProto, TensorProto_DataType } from 'onnx-buf';

/** How far two ways to compute the same may differ in a file. */
export interface Tolerances {
  /** Of an answer's numbers, relative to their spread ... */
  readonly answer: number;
  /** ... that at most this share of them exceeds. */
  readonly share: number;
  /** Of what a reader of a layer computes, as `readerMisfit` has it. */
  readonly reading: number;
  /**
   * From here on a reading is wrong (near 1 is nothing in common); between the two it tells nothing. Integers cut off what their calibration never saw, as a made image may hold: 0.45 was
   * measured on a classifier's last matrix.
   */
  readonly misreading: number;
  /** 1 - |r| of a map. */
  readonly map: number;
  /** Of activations, relative to their spread. */
  readonly noise: number;
}

/**
 * Measured on 220 exports, the worst of each kind: readings 5e-7, 1.2e-3, 1.7e-2 (a wrong one is near 1); maps 3e-5, 5e-4, 3e-3; answers 0.7 % of the numbers, and 6 % of a
 * YOLOv9 in float16 whose scores change by 0.06 with the runtime's optimizations alone (wrong ones are off in most).
 */
const tolerances = {
  float32: { answer: 1e-2, share: 0.02, reading: 1e-3, misreading: 1e-3, map: 1e-4, noise: 1e-6 },
  float16: { answer: 5e-2, share: 0.25, reading: 2e-2, misreading: 2e-2, map: 5e-3, noise: 2e-3 },
  quantized: { answer: 0.3, share: 0.25, reading: 0.1, misreading: 0.7, map: 2e-2, noise: 3e-2 },
} as const satisfies Record<string, Tolerances>;

const quantizing = /Quantize|QLinear|Integer|NBits|^Q(?:Gemm|Attention)$/;

/** By what the graph computes in: rounding to float16 or to integers differs with the order of sums and with what an optimizer fuses. */
export function tolerancesOf({ node, initializer }: GraphProto): Tolerances {
  if (node.some(({ opType }) => quantizing.test(opType))) return tolerances.quantized;
  const half = TensorProto_DataType.FLOAT16;
  return initializer.some(({ dataType }) => dataType === half)
    ? tolerances.float16
    : tolerances.float32;
}

const byteProducts =
  /^(?:QLinear|Q(?:Gemm|Attention)$|(?:Conv|MatMul)Integer|DynamicQuantizeMatMul)/;

/** Whether the file itself has products of bytes, and not an optimizer that puts them for those of floats between quantizers. */
export function multipliesBytes({ node }: GraphProto): boolean {
  return node.some(({ opType }) => byteProducts.test(opType));
}
