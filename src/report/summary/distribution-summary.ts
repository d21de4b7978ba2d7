import type { MeasureKind, MeasureScale } from '../../shared/catalog/measure-catalog.ts';
import { histogramOf, meanOf, quantileOf } from '../../shared/statistics/distribution.ts';
import type { Distribution } from '../../shared/statistics/shard-statistics.ts';
import type { DistributionSummary, Histogram, MeasureSummary } from './summary-schema.ts';

/** Bars of a summary's histograms: a hundredth (`unit`, `signed`), an eighth of an octave (`log2`), one (`count`). */
const barsPerScale: Readonly<Record<MeasureScale, (distribution: Distribution) => number>> = {
  unit: () => 100,
  signed: () => 200,
  log2: ({ bins }) => octaves(bins) * 8,
  count: ({ bins }) => Math.max(1, (bins.at(-1)?.[0] ?? 0) + 1),
};

/** Mean, range and quantiles of a distribution; `undefined` without values. Rounded to six digits. */
export function describeDistribution(
  distribution: Distribution,
  scale: MeasureScale,
): DistributionSummary | undefined {
  if (distribution.n === 0) return undefined;
  const quantile = (q: number) => sixDigits(quantileOf(distribution, scale, q) ?? 0);
  return {
    n: distribution.n,
    mean: sixDigits(meanOf(distribution) ?? 0),
    min: sixDigits(distribution.min),
    max: sixDigits(distribution.max),
    quantiles: {
      p5: quantile(0.05),
      p25: quantile(0.25),
      p50: quantile(0.5),
      p75: quantile(0.75),
      p95: quantile(0.95),
    },
  };
}

/** A distribution with its histogram and its words; `undefined` without values. */
export function describeMeasure(
  distribution: Distribution,
  kind: MeasureKind,
): MeasureSummary | undefined {
  const summary = describeDistribution(distribution, kind.scale);
  if (summary === undefined) return undefined;
  const { scale, words, meaning } = kind;
  return { ...summary, scale, words, meaning, histogram: trimmedHistogram(distribution, scale) };
}

/** The histogram from its first to its last bar that holds something; counts start at 0. */
function trimmedHistogram(distribution: Distribution, scale: MeasureScale): Histogram {
  const whole = histogramOf(distribution, scale, barsPerScale[scale](distribution));
  const first = scale === 'count' ? 0 : whole.counts.findIndex((count) => count > 0);
  const last = whole.counts.findLastIndex((count) => count > 0);
  return {
    edges: whole.edges.slice(first, last + 2).map(sixDigits),
    counts: whole.counts.slice(first, last + 1),
  };
}

function octaves(bins: Distribution['bins']): number {
  const first = Math.floor((bins[0]?.[0] ?? 0) / 32);
  const last = Math.ceil((bins.at(-1)?.[0] ?? 0) / 32);
  return Math.max(1, last - first);
}

/** Six digits: more than any bin resolves, and no noise of binary fractions in the file. */
export function sixDigits(value: number): number {
  return Number(value.toPrecision(6));
}
