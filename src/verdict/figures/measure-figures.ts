import type { MeasureSummary, Quantiles } from '../../report/summary/summary-schema.ts';
import { studentQuantile } from '../../shared/intervals/student-t.ts';
import type { RunFigure } from './run-figure.ts';

const z = 1.959963984540054;

/** Images below which there is no interval, as of groups. */
const fewestImages = 5;

const quantiles: Readonly<Record<string, readonly [keyof Quantiles, share: number]>> = {
  p5: ['p5', 0.05],
  p25: ['p25', 0.25],
  median: ['p50', 0.5],
  p75: ['p75', 0.75],
  p95: ['p95', 0.95],
};

/**
 * `mean`, `median`, `p5` ... `p95`, `min` and `max` of a measure over the images. Intervals are those of independent images, five at least: of the mean by the
 * spread in the histogram and Student's t with n - 1 degrees, of a quantile q by the ranks n q -+ 1.96 sqrt(n q (1 - q)), linear within a bar (a hundredth of most scales). There is none
 * where such a rank is beyond the images: of 30 the least is above the quantile of 5 % in 21 of 100 cases.
 */
export function measureFigures(column: string, measure: MeasureSummary): [string, RunFigure][] {
  const { n } = measure;
  const of = 'images';
  return [
    [`mean.${column}`, { value: measure.mean, n, of, ...meanInterval(measure) }],
    ...Object.entries(quantiles).map(([name, [stored, share]]): [string, RunFigure] => [
      `${name}.${column}`,
      { value: measure.quantiles[stored], n, of, ...quantileInterval(measure, share) },
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

type IntervalOrWhy = Pick<RunFigure, 'interval' | 'why'>;

function meanInterval({ n, mean, histogram }: MeasureSummary): IntervalOrWhy {
  if (n < fewestImages) return tooFew(n);
  const { edges, counts } = histogram;
  const squares = counts.reduce((sum, count, i) => {
    const middle = ((edges[i] ?? 0) + (edges[i + 1] ?? edges[i] ?? 0)) / 2;
    return sum + count * (middle - mean) ** 2;
  }, 0);
  const reach = studentQuantile(0.975, n - 1) * Math.sqrt(squares / (n - 1) / n);
  return { interval: [mean - reach, mean + reach] };
}

function quantileInterval(measure: MeasureSummary, share: number): IntervalOrWhy {
  const { n, min, max } = measure;
  const reach = z * Math.sqrt(n * share * (1 - share));
  const [first, last] = [n * share - reach, n * share + reach];
  if (n < fewestImages || first <= 0 || last >= n) return tooFew(n);
  const at = (rank: number) => Math.min(max, Math.max(min, valueAtRank(measure, rank)));
  return { interval: [at(first), at(last)] };
}

function tooFew(n: number): IntervalOrWhy {
  const are = n === 1 ? 'image is' : 'images are';
  return { why: `${n} ${are} too few to know its interval.` };
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
