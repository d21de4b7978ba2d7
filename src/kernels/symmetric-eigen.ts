import { kernelMemory } from './kernel-memory.ts';
import { kernels } from './kernels.ts';

export interface SymmetricEigen {
  /** [size], in no order. */
  readonly values: Float64Array;
  /** [size, size]: column j is the unit eigenvector of `values[j]`. */
  readonly vectors: Float64Array;
}

/** Of a small symmetric matrix [size, size], row-major and finite. */
export function symmetricEigen(matrix: Float64Array, size: number): SymmetricEigen {
  kernelMemory.start();
  const from = kernelMemory.put(matrix);
  const to = kernelMemory.room(matrix.byteLength);
  kernels.symmetricEigen(from, to, size);
  const whole = kernelMemory.doubles(from, size * size);
  return {
    values: Float64Array.from({ length: size }, (_, at) => whole[at * (size + 1)] ?? Number.NaN),
    vectors: kernelMemory.doubles(to, size * size).slice(),
  };
}
