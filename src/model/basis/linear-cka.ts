/** n observations of some features each, such as the values of a component's map at the cells of images: `values` is [n, features]. */
export interface Observations {
  readonly features: number;
  readonly values: ArrayLike<number>;
}

/**
 * Linear centered kernel alignment (Kornblith et al. 2019, arXiv 1905.00414): ||Y^T X||^2 / (||X^T X|| ||Y^T Y||) of centered features, in Frobenius norms. In [0, 1]; 1 where
 * the features of one are those of the other turned and scaled. It knows nothing of which channel is which, so this is how maps of models with different
 * weights are compared: their components have no common directions. NaN where one of them is constant.
 * Throws `RangeError` when the observations are not as many.
 */
export function linearCka(x: Observations, y: Observations): number {
  const n = x.values.length / x.features;
  if (!Number.isInteger(n) || n !== y.values.length / y.features) {
    throw new RangeError('expected as many observations of both');
  }
  const [a, b] = [centered(x, n), centered(y, n)];
  const own = Math.sqrt(squaredNorm(a, a, n) * squaredNorm(b, b, n));
  return own > 0 ? Math.min(1, squaredNorm(a, b, n) / own) : Number.NaN;
}

/** A column for each feature. */
function centered({ features, values }: Observations, n: number): Float64Array[] {
  return Array.from({ length: features }, (_, feature) => {
    const column = Float64Array.from({ length: n }, (_row, i) => values[i * features + feature]!);
    const mean = column.reduce((sum, value) => sum + value, 0) / n;
    return column.map((value) => value - mean);
  });
}

/** Of a^T b. */
function squaredNorm(a: readonly Float64Array[], b: readonly Float64Array[], n: number): number {
  let squared = 0;
  for (const one of a) {
    for (const other of b) {
      let product = 0;
      for (let i = 0; i < n; i++) product += one[i]! * other[i]!;
      squared += product * product;
    }
  }
  return squared;
}
