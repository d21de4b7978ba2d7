import type { ActivationSums } from '../../shared/basis/activation-sums.ts';

/** Of a layer's activations over a dataset. */
export interface Covariance {
  /** C. */
  readonly channels: number;
  /** [C] */
  readonly mean: Float64Array;
  /** [C, C]: S / n - m m^T. */
  readonly matrix: Float64Array;
  /** Trace of the matrix. */
  readonly total: number;
  /** [C]: covariance of each channel with the L2 norm of all. */
  readonly withNorm: Float64Array;
  /** Variance of the L2 norm. */
  readonly normVariance: number;
}

/** Rounding of one image's products to float32 leaves eigenvalues this far below zero, as a share of the trace. */
const negativeShare = 1e-6;

/**
 * Centers in float64. Throws `RangeError` when the result is not positive semidefinite, as no covariance can be: the sums do not belong together, or
 * were damaged.
 */
export function covarianceOf({ width, cells, sum, products }: ActivationSums): Covariance {
  const channels = width - 1;
  const means = sum.map((value) => value / cells);
  const at = (row: number, column: number) =>
    products[row * width + column]! / cells - means[row]! * means[column]!;
  const matrix = new Float64Array(channels * channels);
  let total = 0;
  for (let row = 0; row < channels; row++) {
    for (let column = 0; column < channels; column++) {
      matrix[row * channels + column] = (at(row, column) + at(column, row)) / 2;
    }
    total += matrix[row * (channels + 1)]!;
  }
  if (!isPositiveSemidefinite(matrix, channels, negativeShare * total)) {
    throw new RangeError('the sums are not those of activations: they have a negative variance');
  }
  const withNorm = Float64Array.from({ length: channels }, (_, row) => at(row, channels));
  const normVariance = Math.max(0, at(channels, channels));
  return { channels, mean: means.subarray(0, channels), matrix, total, withNorm, normVariance };
}

/** Whether matrix + slack * I has a Cholesky decomposition (Golub and Van Loan, chapter 4.2). */
function isPositiveSemidefinite(matrix: Float64Array, size: number, slack: number): boolean {
  if (!Number.isFinite(slack)) return false;
  const lower = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let left = matrix[row * size + column]!;
      for (let k = 0; k < column; k++) left -= lower[row * size + k]! * lower[column * size + k]!;
      if (row !== column) {
        lower[row * size + column] = left / lower[column * (size + 1)]!;
        continue;
      }
      // A layer without any variance has a trace of 0.
      const pivot = left + slack;
      if (!(pivot >= 0)) return false;
      lower[row * (size + 1)] = Math.sqrt(pivot) || Number.MIN_VALUE;
    }
  }
  return true;
}
