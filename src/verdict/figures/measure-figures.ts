import type { MeasureSummary, Quantiles } from '../../report/summary/summary-schema.ts';
import type { RunFigure } from './run-figure.ts';

const z = 1.959963984540054;

const quantiles: Readonly<Record<string, readonly [keyof Quantiles, share: number]>> = {
  p5: ['p5', 0.05],
  p25: ['p25', 0.25],
  median: ['p50', 0.5],
  p75: ['p75', 0.75],
  p95: ['p95', 0.95],
};

/**
 * `mean`, `median`, `p5` ... `p95`, `min` and `max` of a measure over the images. Intervals are those of independent images: of the mean by the spread in the
 * histogram, of a quantile q by the ranks n q -+ 1.96 sqrt(n q (1 - q)), linear within a bar (a hundredth of most scales).
 */
export function measureFigures(column: string, measure: MeasureSummary): [string, RunFigure][] {
  const { n } = measure;
  const of = 'images';
  return [
    [`mean.${column}`, { value: measure.mean, n, of, interval: meanInterval(measure) }],
    ...Object.entries(quantiles).map(([name, [stored, share]]): [string, RunFigure] => [
      `${name}.${column}`,
      { value: measure.quantiles[stored], n, of, interval: quantileInterval(measure, share) },
    ]),
    ...(['min', 'max'] as const).map((name): [string, RunFigure] => [
      `${name}.${column}`,
      {
        value: measure[name],
        n,
        of,
        why: `The ${name === 'min' ? 'least' : 'greatest'} value of the images says nothing of others: it has no interval.`,
      },
    ]),
  ];
}

function meanInterval({ n, mean, histogram }: MeasureSummary): [number, number] {
  const { edges, counts } = histogram;
  const squares = counts.reduce((sum, count, i) => {
    const middle = ((edges[i] ?? 0) + (edges[i + 1] ?? edges[i] ?? 0)) / 2;
    return sum + count * (middle - mean) ** 2;
  }, 0);
  const reach = z * Math.sqrt(squares / Math.max(1, n - 1) / n);
  return [mean - reach, mean + reach];
}

function quantileInterval(measure: MeasureSummary, share: number): [number, number] {
  const { n, min, max } = measure;
  const reach = z * Math.sqrt(n * share * (1 - share));
  const at = (rank: number) => {
    if (rank <= 0) return min;
    return rank >= n ? max : Math.min(max, Math.max(min, valueAtRank(measure, rank)));
  };
  return [at(n * share - reach), at(n * share + reach)];
}

function valueAtRank({ histogram: { edges, counts } }: MeasureSummary, rank: number): number {
  let seen = 0;
  for (const [i, count] of counts.entries()) {
    const [low, high] = [edges[i] ?? 0, edges[i + 1] ?? edges[i] ?? 0];
    if (seen + count >= rank) return low + ((rank - seen) / count) * (high - low);
    seen += count;
  }
  return edges.at(-1) ?? 0;
}
