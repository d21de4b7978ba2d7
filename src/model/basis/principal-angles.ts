import type { Matrix } from 'ml-matrix';
import { mlMatrix } from '../eigen-cam/ml-matrix.ts';

/** Orthonormal rows that span a space, [k, C] each. */
export type SpanRows = readonly Float64Array[];

/**
 * The principal angles between two spans of as many dimensions, in degrees, smallest first: 0 where a direction is in both, 90 where one of them has a direction
 * at right angles to the other. What a span holds does not depend on how its rows are turned, so this compares components that nearly tie.
 * From sines where the angle is small, and from cosines elsewhere (Björck and Golub 1973, as in scipy's `subspace_angles`).
 */
export function principalAngles(a: SpanRows, b: SpanRows): number[] {
  const [first, second] = [matrixOf(a), matrixOf(b)];
  const overlap = first.mmul(second.transpose());
  const rest = second.clone().sub(overlap.transpose().mmul(first));
  const cosines = singularValues(overlap);
  const sines = singularValues(rest).reverse();
  return cosines.map((cosine, i) => {
    const sine = Math.min(1, sines[i] ?? 0);
    const angle = cosine * cosine < 0.5 ? Math.acos(cosine) : Math.asin(sine);
    return (angle * 180) / Math.PI;
  });
}

/** The largest principal angle: how far apart two spans are. */
export function spanAngle(a: SpanRows, b: SpanRows): number {
  return principalAngles(a, b).at(-1) ?? 0;
}

function matrixOf(rows: SpanRows): Matrix {
  const { Matrix } = mlMatrix();
  return new Matrix(rows.map((row) => [...row]));
}

/** Largest first. */
function singularValues(matrix: Matrix): number[] {
  const { SingularValueDecomposition } = mlMatrix();
  const tall = matrix.rows < matrix.columns ? matrix.transpose() : matrix;
  const { diagonal } = new SingularValueDecomposition(tall, {
    computeLeftSingularVectors: false,
    computeRightSingularVectors: false,
  });
  return [...diagonal].sort((x, y) => y - x).slice(0, Math.min(matrix.rows, matrix.columns));
}
