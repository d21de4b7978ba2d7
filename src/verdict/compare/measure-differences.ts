import { columnWords } from '../../report/words/wording.ts';
import { parseColumn } from '../../shared/catalog/measure-column.ts';
import type { GroupedDifference } from '../../shared/intervals/grouped-interval.ts';
import { ratioInterval } from '../../shared/intervals/ratio-interval.ts';
import type { Difference, MeasureDifference } from './comparison.ts';
import { quantile } from './maps/value-spread.ts';
import type { PairedRows } from './pairs/paired-rows.ts';

/** Fewer images than this tell nothing of a measure. */
const fewest = 5;

/** The differences of all measures over pairs of rows; measures that fewer than five pairs have are left out. */
export function measureDifferences(
  rows: PairedRows,
  columns: readonly string[],
): MeasureDifference[] {
  return columns.flatMap((column, c) => {
    const kind = parseColumn(column)?.kind;
    const { pairs, from, to } = rows.sums.column(c);
    const n = total(pairs);
    if (kind === undefined || n < fewest) return [];
    const mean = meanDifferenceOf({ pairs, from, to });
    const median = medianDifferenceOf(rows, c);
    if (median === undefined) return [];
    const { scale, meaning } = kind;
    return [{ column, words: columnWords(column), meaning, scale, n, mean, median }];
  });
}

interface BlockedSums {
  readonly pairs: readonly number[];
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** The mean of the paired differences, a ratio of sums over groups. */
function meanDifferenceOf({ pairs, from, to }: BlockedSums): MeasureDifference['mean'] {
  const n = total(pairs);
  const [before, after] = [total(from) / n, total(to) / n];
  const numerators = from.map((sum, i) => (to[i] as number) - sum);
  const interval = ratioInterval({ numerators, denominators: pairs });
  const difference = { value: total(numerators) / n, ...interval };
  return { from: before, to: after, difference };
}

/**
 * The median of the paired differences. Its interval is Woodruff's (1952): that of the share of differences below the median, over groups, brought back to
 * differences; a jackknife of a median is wrong.
 */
function medianDifferenceOf(rows: PairedRows, c: number): MeasureDifference['median'] | undefined {
  const { groups } = rows.sampled;
  const from = rows.sampled.from[c] ?? [];
  const to = rows.sampled.to[c] ?? [];
  const at = from.flatMap((value, i) => (Number.isNaN(value) ? [] : [i]));
  if (at.length < fewest) return undefined;
  const differences = at.map((i) => (to[i] as number) - (from[i] as number));
  const names = at.map((i) => rows.sums.nameOf(groups[i] as string));
  const middle = (values: readonly number[]) => quantile(ascending(values), 0.5);
  return {
    from: middle(at.map((i) => from[i] as number)),
    to: middle(at.map((i) => to[i] as number)),
    difference: medianInterval(differences, names),
    of: at.length,
  };
}

function medianInterval(differences: readonly number[], groups: readonly string[]): Difference {
  const sorted = ascending(differences);
  const value = quantile(sorted, 0.5);
  const blocks = new Map<string, { below: number; of: number }>();
  differences.forEach((difference, i) => {
    const block = blocks.get(groups[i] as string) ?? { below: 0, of: 0 };
    block.below += difference < value ? 1 : difference === value ? 0.5 : 0;
    block.of += 1;
    blocks.set(groups[i] as string, block);
  });
  const names = [...blocks.keys()].sort();
  const numerators = names.map((name) => blocks.get(name)?.below ?? 0);
  const denominators = names.map((name) => blocks.get(name)?.of ?? 0);
  const { interval, ...rest } = ratioInterval({ numerators, denominators }, { range: [0, 1] });
  if (interval === undefined) return { value, ...rest };
  const [low, high] = interval.map((share) => quantile(sorted, share));
  return { value, ...rest, interval: [low as number, high as number] };
}

/** With the names that a comparison has. */
export function differenceOf({
  difference,
  standardError: _,
  ...rest
}: GroupedDifference & { readonly paired?: boolean }): Difference {
  return { value: difference, ...rest };
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function ascending(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}
