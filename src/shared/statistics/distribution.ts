import type { MeasureScale } from '../catalog/measure-catalog.ts';
import type { Distribution } from './shard-statistics.ts';

/** Fixed point of `Distribution.sum`. */
export const sumUnit = 65536;

interface ScaleRange {
  /** A value is clamped to [low, high] before it is binned or summed. */
  readonly low: number;
  readonly high: number;
  readonly lowestBin: number;
  readonly highestBin: number;
}

/**
 * Range of each scale. The widest term of a sum is 2^13 * 65536 = 2^29 (`count`), so the sum of 10 M images (below 2^24) stays
 * below 2^53, where doubles are exact integers.
 */
export const scaleRange: Readonly<Record<MeasureScale, ScaleRange>> = {
  unit: { low: 0, high: 1, lowestBin: 0, highestBin: 1000 },
  signed: { low: -1, high: 1, lowestBin: -1000, highestBin: 1000 },
  log2: { low: 0, high: 1024, lowestBin: -320, highestBin: 320 },
  count: { low: 0, high: 8192, lowestBin: 0, highestBin: 1000 },
};

/** The integer bin of a finite value (see `MeasureScale`); values outside the scale fall into its first or last bin. */
export function binOf(value: number, scale: MeasureScale): number {
  const { lowestBin, highestBin } = scaleRange[scale];
  if (scale === 'log2') {
    if (value <= 0) return lowestBin;
    return clamp(Math.round(Math.log2(value) * 32), lowestBin, highestBin);
  }
  const bin = Math.round(scale === 'count' ? value : value * 1000);
  // `+ 0` turns -0 into 0.
  return clamp(bin, lowestBin, highestBin) + 0;
}

/** The value in the middle of a bin. The first `log2` bin stands for everything up to 2^-10, zero included. */
export function valueOfBin(bin: number, scale: MeasureScale): number {
  if (scale === 'log2') return 2 ** (bin / 32);
  return scale === 'count' ? bin : bin / 1000;
}

/** Returns a value as the sum counts it: clamped to its scale, in fixed point. */
export function sumTermOf(value: number, scale: MeasureScale): number {
  const { low, high } = scaleRange[scale];
  return Math.round(clamp(value, low, high) * sumUnit);
}

export function emptyDistribution(): Distribution {
  return { n: 0, sum: 0, min: 0, max: 0, bins: [] };
}

/** Mean, exact up to the fixed point of 2^-16; `undefined` without values. */
export function meanOf(distribution: Distribution): number | undefined {
  return distribution.n === 0 ? undefined : distribution.sum / distribution.n / sumUnit;
}

/**
 * Quantile `q` in [0, 1] by nearest rank (the smallest value with at least q * n values at or below it), right within one bin;
 * `undefined` without values.
 */
export function quantileOf(
  distribution: Distribution,
  scale: MeasureScale,
  q: number,
): number | undefined {
  const rank = Math.max(1, Math.ceil(q * distribution.n));
  let seen = 0;
  for (const [bin, count] of distribution.bins) {
    seen += count;
    if (seen >= rank) {
      return clamp(valueOfBin(bin, scale), distribution.min, distribution.max);
    }
  }
  return undefined;
}

export interface Histogram {
  /** bars + 1 ascending edges, in the measure's own unit; equal steps, for `log2` equal ratios. */
  readonly edges: readonly number[];
  /** Values per bar; they add up to `n`. */
  readonly counts: readonly number[];
}

/**
 * The distribution in `bars` bars of equal width over the scale: [0, 1], [-1, 1], the whole octaves of the data (`log2`), or 0 to
 * the largest count. A bin goes to the bar that holds its middle; a middle on an edge goes up, except at the last edge.
 */
export function histogramOf(
  distribution: Distribution,
  scale: MeasureScale,
  bars: number,
): Histogram {
  const [low, high] = axisOf(distribution, scale);
  const width = (high - low) / bars;
  const counts = new Array<number>(bars).fill(0);
  for (const [bin, count] of distribution.bins) {
    // The small addend keeps a middle that lies on an edge from falling below it by rounding.
    const bar = clamp(Math.floor((bin - low) / width + 1e-9), 0, bars - 1);
    counts[bar] = (counts[bar] ?? 0) + count;
  }
  const edges = Array.from({ length: bars + 1 }, (_, i) => valueOfBin(low + i * width, scale));
  return { edges, counts };
}

/** First and last edge of a histogram, in bins. */
function axisOf({ bins }: Distribution, scale: MeasureScale): [number, number] {
  const { lowestBin, highestBin } = scaleRange[scale];
  if (scale === 'unit' || scale === 'signed') return [lowestBin, highestBin];
  const first = bins[0]?.[0] ?? 0;
  const last = bins.at(-1)?.[0] ?? 0;
  if (scale === 'count') return [0, Math.max(1, last + 1)];
  const low = Math.floor(first / 32) * 32;
  return [low, Math.max(low + 32, Math.ceil(last / 32) * 32)];
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
