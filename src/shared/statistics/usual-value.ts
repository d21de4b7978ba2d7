import type { MeasureScale } from '../catalog/measure-catalog.ts';
import { quantileOf, scaleRange, valueOfBin } from './distribution.ts';
import type { Distribution } from './shard-statistics.ts';

/** Below this many values, medians of deviations say little. */
export const leastValues = 20;

/** Of normal values, a standard deviation over the median (Hampel 1974) and over the mean of their distances from the middle. */
const perMedianDistance = 1.4826;
const perMeanDistance = 1.2533;

/** Where a measure usually lies in a dataset, and how far from there is far. */
export interface UsualValue {
  readonly scale: MeasureScale;
  /** In the measure's own unit, right within one bin. */
  readonly median: number;
  /** The same as `stabilized`. */
  readonly center: number;
  /** Robust standard deviations on either side, stabilized; above 0. */
  readonly below: number;
  readonly above: number;
}

/**
 * Returns a value on an axis where its spread hardly depends on its size: the log-odds of a share, Fisher's z of a correlation, the logarithm of a
 * ratio, and Anscombe's root of a count. Ends of a scale, where that would be infinite, are taken half a bin inside.
 */
export function stabilized(value: number, scale: MeasureScale): number {
  if (scale === 'count') return 2 * Math.sqrt(Math.max(0, value) + 3 / 8);
  if (scale === 'log2') return Math.log2(Math.min(1024, Math.max(1 / 1024, value)));
  if (scale === 'signed') return Math.atanh(Math.min(0.9995, Math.max(-0.9995, value)));
  const share = Math.min(0.9995, Math.max(0.0005, value));
  return Math.log(share / (1 - share));
}

/** The reverse of `stabilized`. */
export function unstabilized(value: number, scale: MeasureScale): number {
  if (scale === 'count') return Math.max(0, (Math.max(0, value) / 2) ** 2 - 3 / 8);
  if (scale === 'log2') return 2 ** value;
  return scale === 'signed' ? Math.tanh(value) : 1 / (1 + Math.exp(-value));
}

/**
 * Median and spread from merged bins, so they depend neither on the order of the shards nor on the number of images. The spread is the median absolute
 * deviation, or that of one side where it is wider, since most measures are skewed; where more than half of the values are the same, it is the mean one. It is at least
 * what a bin leaves open, for counts at least their own chance (Poisson). `undefined` for less than `leastValues` values.
 */
export function usualValueOf(
  distribution: Distribution,
  scale: MeasureScale,
): UsualValue | undefined {
  const median = quantileOf(distribution, scale, 0.5);
  if (median === undefined || distribution.n < leastValues) return undefined;
  const center = stabilized(median, scale);
  const offsets = distribution.bins.map(([bin, count]): Weighted => {
    return [stabilized(valueOfBin(bin, scale), scale) - center, count];
  });
  const all = medianOf(offsets.map(distance)) * perMedianDistance;
  const least = Math.max(
    leastSpread(median, scale),
    all > 0 ? all : meanOf(offsets.map(distance)) * perMeanDistance,
  );
  const side = (isOn: (offset: number) => boolean) =>
    medianOf(offsets.filter(([offset]) => isOn(offset)).map(distance)) * perMedianDistance;
  // The middle of the median's own bin may lie a rounding beside it.
  const below = Math.max(
    least,
    side((offset) => offset <= 1e-9),
  );
  const above = Math.max(
    least,
    side((offset) => offset >= -1e-9),
  );
  return { scale, median, center, below, above };
}

/** Robust standard deviations from the usual value: negative below it. */
export function robustZ(value: number, { scale, center, below, above }: UsualValue): number {
  const offset = stabilized(value, scale) - center;
  return offset / (offset < 0 ? below : above);
}

/** The values at which `robustZ` is -z and z, in the measure's own unit. */
export function usualRange(usual: UsualValue, z: number): readonly [low: number, high: number] {
  const { scale, center, below, above } = usual;
  return [unstabilized(center - z * below, scale), unstabilized(center + z * above, scale)];
}

function leastSpread(median: number, scale: MeasureScale): number {
  // A count of chance has variance 1 on Anscombe's axis.
  if (scale === 'count') return 1;
  if (scale === 'log2') return 1 / 32;
  const { low, high } = scaleRange[scale];
  const bin = 0.001;
  const next = median + bin > high ? Math.max(low, median - bin) : median + bin;
  return Math.abs(stabilized(next, scale) - stabilized(median, scale));
}

type Weighted = readonly [value: number, count: number];

function distance([offset, count]: Weighted): Weighted {
  return [Math.abs(offset), count];
}

function meanOf(values: readonly Weighted[]): number {
  const [sum, n] = values.reduce(
    ([total, number], [value, count]) => [total + value * count, number + count],
    [0, 0],
  );
  return n === 0 ? 0 : sum / n;
}

/** The mean of the middle two for an even number, as everywhere; 0 without values. */
function medianOf(values: readonly Weighted[]): number {
  const sorted = [...values].sort(([a], [b]) => a - b);
  const n = sorted.reduce((sum, [, count]) => sum + count, 0);
  return (valueAt(sorted, Math.floor((n - 1) / 2)) + valueAt(sorted, Math.floor(n / 2))) / 2;
}

/** The value with this many before it. */
function valueAt(sorted: readonly Weighted[], rank: number): number {
  let seen = 0;
  for (const [value, count] of sorted) {
    seen += count;
    if (seen > rank) return value;
  }
  return 0;
}
