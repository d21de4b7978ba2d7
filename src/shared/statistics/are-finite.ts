import { areFiniteFloats } from '../../kernels/evidence-values.ts';

/** Whether no value is NaN or infinite. */
export function areFinite(values: Float32Array | readonly number[]): boolean {
  if (values instanceof Float32Array) return areFiniteFloats(values);
  return values.every(Number.isFinite);
}
