import { mulberry32 } from '../../shared/statistics/mulberry32.ts';
import { mlMatrix } from './ml-matrix.ts';

/** A unit eigenvector of a symmetric matrix. */
export interface Eigenpair {
  readonly value: number;
  readonly vector: Float64Array;
  /** ||G v - l v|| / l; 0 up. */
  readonly residual: number;
}

/** Columns iterated beyond the wanted ones, and blocks of a Krylov space: within it the matrix is decomposed as a whole. */
const oversampling = 4;
const blocks = 8;
const mostRounds = 40;
/** What is left of a vector of length 1 once its shadow on the others is gone is rounding noise below this. */
const noise = 1e-10;
/** Eigenvalues below this share of the largest are rounding noise of float64, or of float32 activations. */
export const leastShare = 1e-12;

/**
 * The leading eigenvectors of a symmetric, positive semidefinite matrix [size, size], best first: block Krylov with full orthogonalization and
 * Rayleigh-Ritz, restarted from the best vectors until they are right to 1e-8 (Parlett, The Symmetric Eigenvalue Problem, chapter 13). A
 * block holds as many vectors as are wanted and some more, so equal eigenvalues are no obstacle. Up to `blocks` times that size, one
 * round is the complete decomposition.
 */
export function leadingEigenvectors(
  gram: Float64Array,
  size: number,
  wanted: number,
): readonly Eigenpair[] {
  const width = Math.min(size, wanted + oversampling);
  const random = mulberry32(1);
  let start: Float64Array[] = Array.from({ length: width }, () =>
    Float64Array.from({ length: size }, () => 2 * random() - 1),
  );
  for (let round = 1; ; round++) {
    const space = krylovSpace(gram, start, Math.min(size, blocks * width));
    const pairs = ritzPairs(space, width);
    const isSettled = pairs.slice(0, wanted).every((pair) => isExact(pair, pairs[0]!.value));
    if (isSettled || space.length === size || round === mostRounds) return pairs;
    start = pairs.map(({ vector }) => vector);
  }
}

/** As far as float64 goes, whose rounding is relative to the largest eigenvalue. */
function isExact({ value, residual }: Eigenpair, largest: number): boolean {
  if (!(value > leastShare * largest)) return true;
  return residual <= Math.max(1e-8, (1e-14 * largest) / value);
}

interface Direction {
  readonly vector: Float64Array;
  /** The matrix times it. */
  readonly image: Float64Array;
}

/** Orthonormal directions of the space of start, G start, G G start ... */
function krylovSpace(
  gram: Float64Array,
  start: readonly Float64Array[],
  most: number,
): readonly Direction[] {
  const space: Direction[] = [];
  let block = start;
  while (space.length < most && block.length > 0) {
    const from = space.length;
    for (const candidate of block) {
      if (space.length === most) break;
      const vector = orthonormal(candidate, space);
      if (vector) space.push({ vector, image: times(gram, vector) });
    }
    block = space.slice(from).map(({ image }) => image);
  }
  return space;
}

/** Twice, since once leaves rounding errors; `undefined` for what lies in the space already. */
function orthonormal(
  candidate: Float64Array,
  space: readonly Direction[],
): Float64Array | undefined {
  const vector = unit(candidate);
  if (!vector) return undefined;
  for (let pass = 0; pass < 2; pass++) {
    for (const { vector: other } of space) addTo(vector, -dot(vector, other), other);
  }
  return Math.sqrt(dot(vector, vector)) > noise ? unit(vector) : undefined;
}

function ritzPairs(space: readonly Direction[], width: number): Eigenpair[] {
  const count = space.length;
  const { EigenvalueDecomposition, Matrix } = mlMatrix();
  const small = Matrix.zeros(count, count);
  for (let i = 0; i < count; i++) {
    for (let j = i; j < count; j++) {
      const value = dot(space[i]!.vector, space[j]!.image);
      small.set(i, j, value);
      small.set(j, i, value);
    }
  }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(small, {
    assumeSymmetric: true,
  });
  const order = realEigenvalues.map((_, i) => i);
  order.sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!);
  return order.slice(0, width).map((column) => {
    const weights = eigenvectorMatrix.getColumn(column);
    const value = realEigenvalues[column]!;
    const vector = combined(space, weights, 'vector');
    const rest = combined(space, weights, 'image');
    addTo(rest, -value, vector);
    return { value, vector, residual: Math.sqrt(dot(rest, rest)) / Math.max(value, 1e-300) };
  });
}

function combined(
  space: readonly Direction[],
  weights: readonly number[],
  part: keyof Direction,
): Float64Array {
  const sum = new Float64Array(space[0]!.vector.length);
  space.forEach((direction, i) => {
    addTo(sum, weights[i]!, direction[part]);
  });
  return sum;
}

function times(gram: Float64Array, vector: Float64Array): Float64Array {
  const size = vector.length;
  const product = new Float64Array(size);
  for (let row = 0; row < size; row++) {
    product[row] = dot(gram.subarray(row * size, (row + 1) * size), vector);
  }
  return product;
}

function unit(vector: Float64Array): Float64Array | undefined {
  const length = Math.sqrt(dot(vector, vector));
  return length > 0 ? vector.map((value) => value / length) : undefined;
}

function addTo(sum: Float64Array, factor: number, values: Float64Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += factor * values[i]!;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
