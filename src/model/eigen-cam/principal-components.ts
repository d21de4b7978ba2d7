import { dotRows, sumUnder } from '../../kernels/map-sums.ts';
import { combinedRows } from '../../kernels/map-values.ts';
import { symmetricEigen } from '../../kernels/symmetric-eigen.ts';
import { areFinite } from '../../shared/statistics/are-finite.ts';
import { countContent } from './count-content.ts';
import { degeneracy } from './degeneracy.ts';
import { layerFault } from './layer-fault.ts';

/** One image's outputs of the graph for one layer; `EigenCamTensors` describes the arrays. */
export interface ComponentInputs {
  /** w: rows of the iterated basis. */
  readonly width: number;
  /** N. */
  readonly cells: number;
  readonly side: 'channels' | 'cells';
  /** [w, d] */
  readonly basis: Float32Array;
  /** [w, d] */
  readonly product: Float32Array;
  /** [w, N]; not read on the cells side. */
  readonly projections: Float32Array;
  readonly trace: number;
  /** [N] */
  readonly energy: Float32Array;
  /** [N]: 1 on content cells, else 0. Do not change it afterward. */
  readonly mask: Float32Array;
  /** Which components, counted from 1. */
  readonly components: readonly number[];
}

export type Component =
  | {
      readonly status: 'found';
      /** Counted from 1. */
      readonly component: number;
      /** [N]: projections of the centered activations on the component; any sign; 0 on padding. */
      readonly map: Float32Array;
      /** Eigenvalue over the sum of all, in [0, 1]. */
      readonly explainedVariance: number;
      /** ||G v - l v|| / l. The floor of float32 is about 1e-3 for late components; above 1e-2 the component is not converged. */
      readonly residual: number;
    }
  /** The content of this image has fewer directions than that. */
  | { readonly status: 'beyond-rank'; readonly component: number; readonly rank: number }
  /** The basis was too wide for float32: whether the image has that direction is unknown. */
  | { readonly status: 'not-reached'; readonly component: number };

export type PrincipalComponents =
  | { readonly status: 'explained'; readonly components: readonly Component[] }
  /** The layer shows nothing: `reason` is one phrase for people. */
  | { readonly status: 'degenerate'; readonly reason: string };

/** Directions of the skew basis weaker than this, in squared length, are rounding noise. */
const basisTolerance = 1e-8;
/** Eigenvalues below this share of the largest are rounding noise of the float32 Gram matrix. */
const eigenvalueTolerance = 1e-6;
/** Up to this many rows, a direction missing from the basis is missing from the image. Measured against float64: |r| >= 0.9997 up to 22, from 28 on rows collapse into each other. */
const reliableWidth = 22;
/** Variance below this share of the energy is rounding noise of float32 around a constant. */
const constantShare = 1e-10;

interface RitzVector {
  /** [w]: combination of the basis rows that makes a unit vector. */
  readonly weights: Float64Array;
  /** In units of the trace. */
  readonly eigenvalue: number;
}

/**
 * Finishes the graph's work: Rayleigh-Ritz on the span of the iterated basis (Parlett, The Symmetric Eigenvalue Problem, chapter 11),
 * in float64 on w x w matrices only. With Q = `basis`, Y = Q G: whiten by Q Q^T, take the eigenvectors of Q Y^T in it, and rotate the
 * projections. Returns each component's map, explained variance and residual.
 */
export function principalComponents(inputs: ComponentInputs): PrincipalComponents {
  const content = countContent(inputs.mask);
  const reason = degeneracyOf(inputs, content);
  if (reason !== undefined) return { status: 'degenerate', reason };
  const vectors = ritzVectors(inputs);
  if (vectors.length === 0) {
    return { status: 'degenerate', reason: degeneracy.noDirection };
  }
  const isTooWide = inputs.width > reliableWidth;
  const components = inputs.components.map((component): Component => {
    const vector = vectors[component - 1];
    if (component >= content) return { status: 'beyond-rank', component, rank: content - 1 };
    if (vector === undefined && isTooWide) return { status: 'not-reached', component };
    if (vector === undefined) return { status: 'beyond-rank', component, rank: vectors.length };
    return {
      status: 'found',
      component,
      map: mapOf(inputs, vector, content),
      explainedVariance: Math.min(vector.eigenvalue, 1),
      residual: residualOf(inputs, vector),
    };
  });
  return { status: 'explained', components };
}

function degeneracyOf(inputs: ComponentInputs, content: number): string | undefined {
  const { energy, mask, trace } = inputs;
  if (content === 0) return degeneracy.noContent;
  const notFinite = layerFault(inputs);
  if (notFinite !== undefined) return notFinite;
  const total = sumUnder(energy, mask);
  if (total === 0) return degeneracy.zero;
  if (content === 1) return degeneracy.oneCell;
  // The graph weights each cell by 1 / content, so its trace is the variance summed over the content, / content^2.
  const variance = trace * content * content;
  if (!(variance > constantShare * total)) return degeneracy.constant;
  const { basis, product, projections } = inputs;
  if (![basis, product, projections].every(areFinite)) return degeneracy.tooLarge;
  return undefined;
}

/** Best first. */
function ritzVectors(inputs: ComponentInputs): RitzVector[] {
  const { width } = inputs;
  const { gram, ritz } = crossProducts(inputs);
  const lengths = Float64Array.from({ length: width }, (_, row) => {
    const squared = gram[row * width + row]!;
    return squared > 0 ? Math.sqrt(squared) : 1;
  });
  const whitening = whiteningOf(overLengths(gram, lengths), width);
  const rank = whitening.length;
  if (rank === 0) return [];
  const small = symmetricEigen(rotatedBy(whitening, overLengths(ritz, lengths)), rank);
  const vectors = Array.from(small.values, (eigenvalue, column): RitzVector => {
    const weights = new Float64Array(width);
    whitening.forEach((direction, row) => {
      const turn = small.vectors[row * rank + column]!;
      for (let at = 0; at < width; at++) weights[at]! += (turn * direction[at]!) / lengths[at]!;
    });
    return { weights, eigenvalue };
  });
  const sorted = vectors.sort((a, b) => b.eigenvalue - a.eigenvalue);
  const least = Math.max(0, eigenvalueTolerance * (sorted[0]?.eigenvalue ?? 0));
  return sorted.filter((vector) => vector.eigenvalue > least);
}

/** With l = v^T G v and a unit v, ||G v - l v||^2 is ||G v||^2 - l^2. */
function residualOf({ product, width }: ComponentInputs, vector: RitzVector): number {
  const { weights, eigenvalue } = vector;
  const size = product.length / width;
  let squared = 0;
  for (let column = 0; column < size; column++) {
    let sum = 0;
    for (let row = 0; row < width; row++) sum += weights[row]! * product[row * size + column]!;
    squared += sum * sum;
  }
  return Math.sqrt(Math.max(squared - eigenvalue * eigenvalue, 0)) / eigenvalue;
}

/** Dot products of basis rows with basis rows and with rows of the product, [w, w] each. */
function crossProducts({ basis, product, width }: ComponentInputs) {
  const { own, mixed } = dotRows(basis, product, width);
  return { gram: own, ritz: mixed };
}

/** products[i, j] over the lengths of the basis rows i and j, made symmetric. */
function overLengths(products: Float64Array, lengths: Float64Array): Float64Array {
  const width = lengths.length;
  const matrix = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < width; j++) {
      const both = products[i * width + j]! + products[j * width + i]!;
      matrix[i * width + j] = both / 2 / (lengths[i]! * lengths[j]!);
    }
  }
  return matrix;
}

/** Directions, [width] each, in which the basis is orthonormal; its noise left out. */
function whiteningOf(gram: Float64Array, width: number): Float64Array[] {
  const { values, vectors } = symmetricEigen(gram, width);
  const largest = Math.max(...values);
  return Array.from(values).flatMap((value, column) => {
    if (!(value > largest * basisTolerance)) return [];
    const scale = 1 / Math.sqrt(value);
    return [
      Float64Array.from({ length: width }, (_, row) => vectors[row * width + column]! * scale),
    ];
  });
}

/** W^T M W, [r, r], of r directions. */
function rotatedBy(whitening: readonly Float64Array[], matrix: Float64Array): Float64Array {
  const rank = whitening.length;
  const result = new Float64Array(rank * rank);
  whitening.forEach((direction, j) => {
    const image = direction.map((_, row) => rowTimes(matrix, row, direction));
    for (let i = 0; i <= j; i++) {
      const value = rowTimes(whitening[i]!, 0, image);
      result[i * rank + j] = value;
      result[j * rank + i] = value;
    }
  });
  return result;
}

/** A row of a matrix as wide as the vector, times the vector. */
function rowTimes(matrix: Float64Array, row: number, vector: Float64Array): number {
  const size = vector.length;
  let sum = 0;
  for (let i = 0; i < size; i++) sum += matrix[row * size + i]! * vector[i]!;
  return sum;
}

/** Rows of projections (channels side) or eigenvectors times their singular value (cells side), combined. */
function mapOf(inputs: ComponentInputs, vector: RitzVector, content: number): Float32Array {
  const { cells, side, trace } = inputs;
  const rows = side === 'channels' ? inputs.projections : inputs.basis;
  const scale = side === 'channels' ? content : Math.sqrt(vector.eigenvalue * trace) * content;
  const weights = vector.weights.map((weight) => weight * scale);
  return combinedRows(rows, weights, cells);
}
