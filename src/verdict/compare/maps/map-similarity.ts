/** Values of cells that count, in their order. */
type Cells = ArrayLike<number>;

/** Less variation than this is rounding of 16-bit cells. */
const leastNorm = 1e-6;

/** Pearson's correlation of two maps over the same cells, in [-1, 1]; `undefined` where one of them is the same everywhere. */
export function mapCorrelation(a: Cells, b: Cells): number | undefined {
  const [first, second] = [unitVector(a), unitVector(b)];
  if (first === undefined || second === undefined) return undefined;
  return Math.min(1, Math.max(-1, dot(first, second)));
}

/**
 * How much the spans of two sets of maps have in common, in [0, 1]: the root of the mean squared cosine of their principal angles, which for one map each is
 * |correlation|. Components that nearly tie turn within their span from one computation to the next, so each alone says nothing (Bjorck, Golub 1973).
 *
 * @param a [k] maps over the same cells
 * @param b [k]
 * @returns `undefined` where a set spans fewer than k directions
 */
export function spanSimilarity(a: readonly Cells[], b: readonly Cells[]): number | undefined {
  const [first, second] = [orthonormal(a), orthonormal(b)];
  if (first === undefined || second === undefined) return undefined;
  let squares = 0;
  for (const one of first) for (const other of second) squares += dot(one, other) ** 2;
  return Math.min(1, Math.sqrt(squares / Math.max(a.length, b.length)));
}

/** Centered and of length 1. */
function unitVector(cells: Cells): Float64Array | undefined {
  return scaled(centered(cells));
}

function centered(cells: Cells): Float64Array {
  let sum = 0;
  for (let i = 0; i < cells.length; i++) sum += cells[i] as number;
  const mean = sum / cells.length;
  const vector = new Float64Array(cells.length);
  for (let i = 0; i < cells.length; i++) vector[i] = (cells[i] as number) - mean;
  return vector;
}

function scaled(vector: Float64Array): Float64Array | undefined {
  const norm = Math.sqrt(dot(vector, vector));
  return norm > leastNorm ? vector.map((value) => value / norm) : undefined;
}

/** Gram-Schmidt, twice. */
function orthonormal(maps: readonly Cells[]): Float64Array[] | undefined {
  const basis: Float64Array[] = [];
  for (const map of maps) {
    let vector = unitVector(map);
    for (let pass = 0; pass < 2 && vector !== undefined; pass++) {
      for (const one of basis) subtract(vector, one);
      vector = scaled(vector);
    }
    if (vector === undefined) return undefined;
    basis.push(vector);
  }
  return basis;
}

function subtract(vector: Float64Array, direction: Float64Array): void {
  const along = dot(vector, direction);
  for (let i = 0; i < vector.length; i++) {
    vector[i] = (vector[i] as number) - along * (direction[i] as number);
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** Below it an index over images is noise. */
const fewestForCka = 10;

/**
 * Linear centered kernel alignment of two runs' maps over the same images: whether images that look alike to one model's maps look alike to the other's (Kornblith et al.
 * 2019), with the unbiased estimator of HSIC (Song et al. 2012), since maps have more cells than there are images. 1: the same up to a rotation, 0: unrelated; an
 * estimate can fall below 0. It does not change when a whole run's maps swap their sign, unlike a correlation.
 *
 * @param a [images] maps, each over the same number of cells
 * @param b [images]: of the same images in the same order
 */
export function linearCka(a: readonly Cells[], b: readonly Cells[]): number | undefined {
  if (a.length < fewestForCka) return undefined;
  const [first, second] = [gramOf(a), gramOf(b)];
  const scale = hsic(first, first) * hsic(second, second);
  return scale > 0 ? hsic(first, second) / Math.sqrt(scale) : undefined;
}

interface Gram {
  readonly size: number;
  /** [size, size], its diagonal 0. */
  readonly values: Float64Array;
}

function gramOf(maps: readonly Cells[]): Gram {
  const size = maps.length;
  const vectors = maps.map((map) => centered(map));
  const values = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) {
      const value = dot(vectors[i] as Float64Array, vectors[j] as Float64Array);
      values[i * size + j] = value;
      values[j * size + i] = value;
    }
  }
  return { size, values };
}

/** Song et al. 2012, equation 5, of Gram matrices without diagonals. */
function hsic(a: Gram, b: Gram): number {
  const { size } = a;
  let trace = 0;
  let [sumA, sumB, cross] = [0, 0, 0];
  for (let i = 0; i < size; i++) {
    let [rowA, rowB] = [0, 0];
    for (let j = 0; j < size; j++) {
      const [x, y] = [a.values[i * size + j] as number, b.values[i * size + j] as number];
      trace += x * y;
      rowA += x;
      rowB += y;
    }
    sumA += rowA;
    sumB += rowB;
    cross += rowA * rowB;
  }
  const pairs = (size - 1) * (size - 2);
  return (trace + (sumA * sumB) / pairs - (2 * cross) / (size - 2)) / (size * (size - 3));
}
