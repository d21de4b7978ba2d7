import { PairSums } from './pair-sums.ts';

/**
 * Sums over the activations of one layer at the content cells of many images, in float64: what a dataset's principal components are made of. An observation
 * is one cell: its C activations, and behind them their L2 norm, whose covariance with a component settles the component's sign. `width` is C + 1.
 */
export interface ActivationSums {
  readonly width: number;
  readonly images: number;
  /** Content cells of all images: n. */
  readonly cells: number;
  /** [width]: sum of x. */
  readonly sum: Float64Array;
  /** [width, width]: sum of x x^T. */
  readonly products: Float64Array;
  /** What rounding left out of `sum` and `products`; absent where nobody knows. With it, the same images have the same sums in any order. */
  readonly rest?: SumsRest;
}

interface SumsRest {
  readonly sum: Float64Array;
  readonly products: Float64Array;
}

export function emptySums(width: number): ActivationSums {
  const sum = new Float64Array(width);
  return { width, images: 0, cells: 0, sum, products: new Float64Array(width * width) };
}

/** Sums of several images, as they leave the graph: those of products are around each image's own mean, where float32 is precise. */
export interface BatchSums {
  /** [width, width]: sum over the images of (x - m)(x - m)^T, m the mean of x's image. */
  readonly scatter: Float32Array;
  /** [images, width]: m. */
  readonly means: Float32Array;
  /** Content cells of each image. */
  readonly cells: readonly number[];
}

/** The sums with those of a batch: sum of x x^T = scatter + n m m^T. Linear, and added in twice float64's precision, so that the order of batches changes nothing. */
export function withBatch(
  sums: ActivationSums,
  { scatter, means, cells }: BatchSums,
): ActivationSums {
  const { width } = sums;
  const [sum, products] = [new PairSums(sums.sum, sums.rest?.sum), productsOf(sums)];
  cells.forEach((count, image) => {
    const mean = means.subarray(image * width, (image + 1) * width);
    for (let row = 0; row < width; row++) {
      const weighted = count * mean[row]!;
      sum.add(row, weighted);
      for (let column = 0; column < width; column++) {
        const at = row * width + column;
        const product = weighted * mean[column]!;
        products.add(at, image === 0 ? product + scatter[at]! : product);
      }
    }
  });
  const images = sums.images + cells.length;
  return finished(
    { width, images, cells: cells.reduce((all, one) => all + one, sums.cells) },
    { sum, products },
  );
}

/** Of several, in any order. Throws `RangeError` for none, and for sums of layers of different width. */
export function mergedSums(first: ActivationSums, ...others: ActivationSums[]): ActivationSums {
  const { width } = first;
  const [sum, products] = [new PairSums(first.sum, first.rest?.sum), productsOf(first)];
  let { images, cells } = first;
  for (const other of others) {
    if (width !== other.width)
      throw new RangeError(`sums of ${width} and of ${other.width} channels`);
    images += other.images;
    cells += other.cells;
    for (const one of [other, other.rest]) {
      if (one === undefined) continue;
      sum.addAll(one.sum);
      products.addAll(one.products);
    }
  }
  return finished({ width, images, cells }, { sum, products });
}

function productsOf({ products, rest }: ActivationSums): PairSums {
  return new PairSums(products, rest?.products);
}

function finished(
  counts: Pick<ActivationSums, 'width' | 'images' | 'cells'>,
  { sum, products }: { readonly sum: PairSums; readonly products: PairSums },
): ActivationSums {
  return {
    ...{ ...counts, sum: sum.high, products: products.high },
    rest: { sum: sum.low, products: products.low },
  };
}

/** [width * (width + 1) / 2]: the upper triangle of a symmetric matrix, row by row. */
export function upperTriangle(matrix: Float64Array, width: number): Float64Array {
  const packed = new Float64Array((width * (width + 1)) / 2);
  let at = 0;
  for (let row = 0; row < width; row++) {
    for (let column = row; column < width; column++) packed[at++] = matrix[row * width + column]!;
  }
  return packed;
}

/** The whole matrix of `upperTriangle`. */
export function fromUpperTriangle(packed: Float64Array, width: number): Float64Array {
  const matrix = new Float64Array(width * width);
  let at = 0;
  for (let row = 0; row < width; row++) {
    for (let column = row; column < width; column++) {
      matrix[row * width + column] = packed[at]!;
      matrix[column * width + row] = packed[at++]!;
    }
  }
  return matrix;
}
