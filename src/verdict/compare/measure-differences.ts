import { columnWords } from '../../report/words/wording.ts';
import { parseColumn } from '../../shared/catalog/measure-column.ts';
import type { GroupedDifference } from '../../shared/intervals/grouped-interval.ts';
import { ratioInterval } from '../../shared/intervals/ratio-interval.ts';
import type { Difference, MeasureDifference } from './comparison.ts';
import { quantile } from './maps/value-spread.ts';
import type { PairedRows } from './pairs/paired-rows.ts';

/** Fewer images than this tell nothing of a measure. */
export const fewestImages = 5;

/** The differences of all measures over pairs of rows; measures that fewer than five pairs have are left out. */
export function measureDifferences(
  rows: PairedRows,
  columns: readonly string[],
): MeasureDifference[] {
  const blocks = sampledBlocks(rows);
  return columns.flatMap((column, c) => {
    const kind = parseColumn(column)?.kind;
    const { pairs, from, to } = rows.sums.column(c);
    const n = total(pairs);
    if (kind === undefined || n < fewestImages) return [];
    const mean = meanDifferenceOf({ pairs, from, to });
    const median = medianDifferenceOf(rows, c, blocks);
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
function medianDifferenceOf(
  rows: PairedRows,
  c: number,
  blocks: SampledBlocks,
): MeasureDifference['median'] | undefined {
  const [from, to] = [rows.sampled.from[c] ?? [], rows.sampled.to[c] ?? []];
  const at = from.flatMap((value, i) => (Number.isNaN(value) ? [] : [i]));
  if (at.length < fewestImages) return undefined;
  const differences = at.map((i) => (to[i] as number) - (from[i] as number));
  const middle = (values: readonly number[]) => quantile(ascending(values), 0.5);
  return {
    from: middle(at.map((i) => from[i] as number)),
    to: middle(at.map((i) => to[i] as number)),
    difference: medianInterval(differences, at, blocks),
    of: at.length,
  };
}

/** The block of each sampled pair: found once, since a name is hashed for it. */
interface SampledBlocks {
  readonly count: number;
  readonly of: readonly number[];
}

function sampledBlocks({ sums, sampled }: PairedRows): SampledBlocks {
  const names = sampled.groups.map((group) => sums.nameOf(group));
  const places = new Map([...new Set(names)].sort().map((name, i) => [name, i]));
  return { count: places.size, of: names.map((name) => places.get(name) as number) };
}

/** @param at index of each difference among the sampled pairs */
function medianInterval(
  differences: readonly number[],
  at: readonly number[],
  { count, of }: SampledBlocks,
): Difference {
  const sorted = ascending(differences);
  const value = quantile(sorted, 0.5);
  const numerators = new Array<number>(count).fill(0);
  const denominators = new Array<number>(count).fill(0);
  differences.forEach((difference, i) => {
    const block = of[at[i] as number] as number;
    const below = difference < value ? 1 : difference === value ? 0.5 : 0;
    numerators[block] = (numerators[block] as number) + below;
    denominators[block] = (denominators[block] as number) + 1;
  });
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
