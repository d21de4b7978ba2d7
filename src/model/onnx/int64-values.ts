import type { TensorProto } from 'onnx-buf';

/** Of a constant of int64, in either of the two ways that files have them. */
export function int64Values({ int64Data, rawData }: TensorProto): number[] {
  if (int64Data.length > 0) return int64Data.map(Number);
  // A copy, since a view must start at a multiple of its items' size.
  const { buffer } = Uint8Array.from(rawData);
  return Array.from(new BigInt64Array(buffer), Number);
}
