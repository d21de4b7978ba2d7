import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { symmetricEigen } from '../../src/kernels/symmetric-eigen.ts';
import { seededRandom } from '../support/seeded-random.ts';

function someMatrix(size: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = i; j < size; j++) {
      const value = 2 * random() - 1;
      matrix[i * size + j] = value;
      matrix[j * size + i] = value;
    }
  }
  return matrix;
}

function at(matrix: Float64Array, size: number, row: number, column: number): number {
  return matrix[row * size + column] ?? Number.NaN;
}

function assertEigen(matrix: Float64Array, size: number): void {
  const { values, vectors } = symmetricEigen(matrix, size);
  const scale = Math.max(...matrix.map(Math.abs), 1e-300);
  for (let j = 0; j < size; j++) {
    for (let row = 0; row < size; row++) {
      let product = 0;
      for (let k = 0; k < size; k++) product += at(matrix, size, row, k) * at(vectors, size, k, j);
      const wanted = (values[j] ?? Number.NaN) * at(vectors, size, row, j);
      assert.ok(Math.abs(product - wanted) < 1e-13 * size * scale, `${size}: ${product - wanted}`);
    }
    for (let other = 0; other < size; other++) {
      let dot = 0;
      for (let k = 0; k < size; k++) dot += at(vectors, size, k, j) * at(vectors, size, k, other);
      assert.ok(Math.abs(dot - (j === other ? 1 : 0)) < 1e-13 * size, `${size}: ${dot}`);
    }
  }
}

test('eigenvectors of symmetric matrices of any size are orthonormal, and right', () => {
  for (let size = 1; size <= 24; size++) assertEigen(someMatrix(size, size), size);
});

test('values are those of another decomposition', () => {
  const size = 14;
  const matrix = someMatrix(size, 3);
  const rows = Array.from({ length: size }, (_, row) =>
    Array.from(matrix.subarray(row * size, (row + 1) * size)),
  );
  const { realEigenvalues } = new EigenvalueDecomposition(new Matrix(rows), {
    assumeSymmetric: true,
  });
  const wanted = realEigenvalues.sort((a, b) => a - b);
  const found = symmetricEigen(matrix, size).values.sort();
  found.forEach((value, index) => {
    assert.ok(Math.abs(value - (wanted[index] ?? Number.NaN)) < 1e-13);
  });
});

test('equal values, values 16 powers of ten apart, and nothing at all are no obstacle', () => {
  const size = 6;
  assertEigen(new Float64Array(size * size), size);
  assertEigen(new Float64Array(size * size).fill(1), size);
  const identity = Float64Array.from({ length: size * size }, (_, cell) =>
    cell % (size + 1) === 0 ? 5 : 0,
  );
  assertEigen(identity, size);
  const graded = someMatrix(size, 9).map((value, cell) => {
    const [row, column] = [Math.floor(cell / size), cell % size];
    return value * 10 ** (-1.6 * (row + column));
  });
  assertEigen(graded, size);
  assertEigen(
    identity.map((value) => value * 1e100),
    size,
  );
});
