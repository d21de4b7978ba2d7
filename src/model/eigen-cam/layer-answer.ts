import type { EigenCamLayer } from './eigen-cam-graph.ts';

/** One layer's outputs for a batch; `EigenCamTensors` has the shapes of those that are the graph's own. */
export interface LayerOutputs {
  /** [B, w, d] */
  readonly basis: Float32Array;
  /** [B, w, d]: `basis` times the Gram matrix, over its trace. */
  readonly product: Float32Array;
  /** [B, w, N]; empty on the cells side. */
  readonly projections: Float32Array;
  /** Empty unless components are a dataset's; `basis` and `product` are empty then. */
  readonly energies: Float32Array;
  /** [B] */
  readonly trace: Float32Array;
  /** [B, N]: squared L2 norm of the activations over the channels; on padding 0, or as it is. */
  readonly energy: Float32Array;
}

/**
 * A layer's answer as the host takes it up.
 *
 * @param read an output of the graph; may be changed
 * @param weights what was fed as `EigenCamTensors.weights`
 */
export function layerAnswer(
  { tensors, width, channels }: EigenCamLayer,
  weights: Float32Array,
  read: (tensor: string) => Float32Array,
): LayerOutputs {
  const optional = (name: string | undefined) =>
    name === undefined ? new Float32Array(0) : read(name);
  const { basis, product, powers, projections, mean, slope, squares } = tensors;
  const seen = { projections: optional(projections), energies: optional(tensors.energies) };
  if (mean === undefined) {
    const rows = { basis: optional(basis), product: optional(product) };
    return { ...rows, ...seen, trace: optional(tensors.trace), energy: optional(tensors.energy) };
  }
  const sums = { mean: read(mean), slope: optional(slope), squares: optional(squares) };
  const { trace, energy } = energyOf(sums, weights, channels);
  const rows =
    powers === undefined
      ? { basis: optional(basis), product: optional(product) }
      : rowsOf(read(powers), width * channels, trace.length);
  return { ...rows, product: overTraces(rows.product, trace), ...seen, trace, energy };
}

/**
 * With x = (a - m) / n on content cells: the trace is the sum of |x|^2, and |a|^2 = n^2 |x|^2 + 2 n m x + |m|^2. In float64, and without the difference of great numbers that |a|^2 - |m|^2 would
 * be where the mean is much greater than what varies around it. Where activations are not finite, the energy is NaN; where only their squares are too large, it is infinite.
 */
function energyOf(
  { mean, slope, squares }: Record<'mean' | 'slope' | 'squares', Float32Array>,
  weights: Float32Array,
  channels: number,
): Pick<LayerOutputs, 'trace' | 'energy'> {
  const batch = mean.length / channels;
  const cells = squares.length / batch;
  const trace = new Float32Array(batch);
  const energy = new Float32Array(squares.length);
  for (let image = 0; image < batch; image++) {
    let [ofMean, sum] = [0, 0];
    for (let c = image * channels; c < (image + 1) * channels; c++) ofMean += (mean[c] ?? 0) ** 2;
    for (let cell = image * cells; cell < (image + 1) * cells; cell++) {
      const weight = weights[cell] ?? 0;
      if (weight === 0) continue;
      const square = squares[cell] ?? 0;
      sum += square;
      const varying = (square / weight + 2 * (slope[cell] ?? 0)) / weight;
      const whole = varying + ofMean;
      // Of numbers that are finite, only the squares can be too large; anything else makes the mean NaN or infinite, and it the squares NaN.
      const isTooLarge = square === Number.POSITIVE_INFINITY && Number.isFinite(ofMean);
      const fault = isTooLarge ? Number.POSITIVE_INFINITY : Number.NaN;
      energy[cell] = Number.isFinite(whole) ? Math.max(0, whole) : fault;
    }
    trace[image] = sum;
  }
  return { trace, energy };
}

/** Of each image's powers the first rows are the basis, `kept` numbers, and the last ones the Gram matrix times it. */
function rowsOf(powers: Float32Array, kept: number, batch: number) {
  const size = powers.length / batch;
  const basis = new Float32Array(batch * kept);
  const product = new Float32Array(batch * kept);
  for (let image = 0; image < batch; image++) {
    const all = powers.subarray(image * size, (image + 1) * size);
    basis.set(all.subarray(0, kept), image * kept);
    product.set(all.subarray(size - kept), image * kept);
  }
  return { basis, product };
}

function overTraces(product: Float32Array, traces: Float32Array): Float32Array {
  const size = product.length / traces.length;
  traces.forEach((trace, image) => {
    for (let i = image * size; i < (image + 1) * size; i++) product[i] = (product[i] ?? 0) / trace;
  });
  return product;
}
