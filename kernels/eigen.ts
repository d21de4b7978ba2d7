/*
 * Eigenvectors of small symmetric matrices: float64, row-major. Addresses are in bytes.
 */

/** Beyond this many sweeps nothing changes; five to eight are usual. */
const mostSweeps = 30;

/**
 * Cyclic Jacobi rotations (Golub & Van Loan, Matrix Computations, section 8.5): leaves the eigenvalues on the diagonal of the symmetric `matrix`, [size, size], and their unit eigenvectors in the
 * columns of `vectors`, [size, size].
 */
export function symmetricEigen(matrix: usize, vectors: usize, size: i32): void {
  const rowBytes = <usize>size << 3;
  let all: f64 = 0;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const at = <usize>i * rowBytes + (<usize>j << 3);
      const value = load<f64>(matrix + at);
      all += value * value;
      store<f64>(vectors + at, i == j ? 1 : 0);
    }
  }
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let off: f64 = 0;
    for (let p = 0; p < size - 1; p++) {
      for (let q = p + 1; q < size; q++) {
        const value = load<f64>(matrix + <usize>p * rowBytes + (<usize>q << 3));
        off += value * value;
      }
    }
    if (!(off > 1e-32 * all)) return;
    for (let p = 0; p < size - 1; p++) {
      for (let q = p + 1; q < size; q++) rotate(matrix, vectors, size, p, q);
    }
  }
}

/** Makes the numbers at [p, q] and [q, p] 0. */
function rotate(matrix: usize, vectors: usize, size: i32, p: i32, q: i32): void {
  const rowBytes = <usize>size << 3;
  const rowP = matrix + <usize>p * rowBytes;
  const rowQ = matrix + <usize>q * rowBytes;
  const toP = <usize>p << 3;
  const toQ = <usize>q << 3;
  const both = load<f64>(rowP + toQ);
  if (both == 0) return;
  const ofP = load<f64>(rowP + toP);
  const ofQ = load<f64>(rowQ + toQ);
  const half = (ofQ - ofP) / (2 * both);
  const tangent = (half >= 0 ? 1 : -1) / (abs(half) + sqrt(half * half + 1));
  const cosine = 1 / sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  for (let k = 0; k < size; k++) {
    const row = <usize>k * rowBytes;
    turn(vectors + row + toP, vectors + row + toQ, cosine, sine);
    if (k == p || k == q) continue;
    const there = matrix + row;
    turn(there + toP, there + toQ, cosine, sine);
    store<f64>(rowP + (<usize>k << 3), load<f64>(there + toP));
    store<f64>(rowQ + (<usize>k << 3), load<f64>(there + toQ));
  }
  store<f64>(rowP + toP, ofP - tangent * both);
  store<f64>(rowQ + toQ, ofQ + tangent * both);
  store<f64>(rowP + toQ, 0);
  store<f64>(rowQ + toP, 0);
}

// @ts-ignore: decorator
@inline
function turn(first: usize, second: usize, cosine: f64, sine: f64): void {
  const a = load<f64>(first);
  const b = load<f64>(second);
  store<f64>(first, cosine * a - sine * b);
  store<f64>(second, sine * a + cosine * b);
}
