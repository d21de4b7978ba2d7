import type { MeasureScale } from '../../shared/catalog/measure-catalog.ts';
import type { Histogram } from '../summary/summary-schema.ts';

/** Bars to draw: `edges` has one more entry than `counts`. `positions` are the edges on the axis (log2 for `log2`). */
export interface ChartBars {
  readonly edges: readonly number[];
  readonly positions: readonly number[];
  readonly counts: readonly number[];
}

const mostBars = 30;
const steps: Readonly<Record<MeasureScale, readonly number[]>> = {
  unit: [1, 2, 5, 10, 20, 50, 100],
  signed: [1, 2, 5, 10, 20, 50, 100, 200],
  log2: [1, 2, 4, 8, 16, 32, 64],
  count: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
};
/** Steps of the summary's histogram in one unit of the axis. */
const resolution: Readonly<Record<MeasureScale, number>> = {
  unit: 100,
  signed: 100,
  log2: 8,
  count: 1,
};

/** Where a value lies on the axis. */
export function positionOf(value: number, scale: MeasureScale): number {
  return scale === 'log2' ? Math.log2(Math.max(value, 2 ** -10)) : value;
}

/** The value at a place of the axis. */
export function valueAt(position: number, scale: MeasureScale): number {
  return scale === 'log2' ? 2 ** position : position;
}

/**
 * The histogram of a summary in at most 30 bars with round edges, over its data and, when given, a threshold.
 */
export function chartBars(
  histogram: Histogram,
  scale: MeasureScale,
  threshold?: number,
): ChartBars {
  const unit = resolution[scale];
  const index = (value: number) => Math.round(positionOf(value, scale) * unit);
  const first = index(histogram.edges[0] ?? 0);
  const limits = threshold === undefined ? [] : [index(threshold) - 1, index(threshold) + 1];
  const low = Math.min(first, ...limits);
  const high = Math.max(first + histogram.counts.length, ...limits);
  const step = steps[scale].find((size) => Math.ceil((high - low) / size) < mostBars) ?? 1000;
  const start = Math.floor(low / step);
  const bars = Math.max(1, Math.ceil(high / step) - start);
  const counts = new Array<number>(bars).fill(0);
  histogram.counts.forEach((count, i) => {
    const bar = Math.floor((first + i) / step) - start;
    counts[bar] = (counts[bar] ?? 0) + count;
  });
  const positions = Array.from({ length: bars + 1 }, (_, i) => ((start + i) * step) / unit);
  return { counts, positions, edges: positions.map((position) => valueAt(position, scale)) };
}

const ratios = [
  1 / 64,
  1 / 16,
  1 / 8,
  1 / 4,
  1 / 2,
  0.75,
  0.8,
  1,
  1.25,
  1.5,
  2,
  2.5,
  3,
  4,
  5,
  6,
  8,
  16,
  32,
  64,
  256,
];

/** Positions of round values on an axis from `low` to `high` (positions), about five. */
export function axisTicks(low: number, high: number, scale: MeasureScale): number[] {
  if (scale === 'log2') return ratioTicks(low, high);
  const raw = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(raw));
  const fine = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= raw) ?? raw;
  const step = scale === 'count' ? Math.max(1, Math.round(fine)) : fine;
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9; i++) {
    ticks.push(Number((i * step).toPrecision(6)));
  }
  return ticks;
}

/** 1 where the axis has it, then ratios on both sides that are not too near each other. */
function ratioTicks(low: number, high: number): number[] {
  const nearest = (high - low) / 6;
  const inside = ratios.map(Math.log2).filter((at) => at >= low - 1e-9 && at <= high + 1e-9);
  const whole = [0, 1, -1, 2, -2, 3, -3].filter((at) => inside.includes(at));
  const kept: number[] = [];
  for (const at of [...whole, ...inside]) {
    if (kept.every((other) => Math.abs(other - at) >= nearest)) kept.push(at);
  }
  return kept.sort((a, b) => a - b);
}
