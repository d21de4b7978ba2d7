import {
  agreeingGroups,
  type GroupedDifference,
  type GroupedInterval,
  groupedInterval,
  type IntervalOptions,
  isSpread,
  tooFewGroups,
} from './grouped-interval.ts';
import { studentQuantile, studentTwoSided } from './student-t.ts';

/** Mean and its standard error, sd / sqrt(n); the error is NaN for fewer than two values. */
export function meanAndError(values: readonly number[]): { mean: number; error: number } {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (n - 1) / n) };
}

/** 95 % interval of the mean of group means, by Student's t with G - 1 degrees of freedom: covers 94 to 96 % at any number of groups that are not skewed. */
export function meanInterval(
  groupMeans: readonly number[],
  { range }: IntervalOptions = {},
): GroupedInterval {
  const groups = groupMeans.length;
  const few = tooFewGroups(groups);
  if (few !== undefined) return few;
  const { mean, error } = meanAndError(groupMeans);
  if (!isSpread(error)) return agreeingGroups(groups);
  const reach = studentQuantile(0.975, groups - 1) * error;
  return groupedInterval(groups, [mean - reach, mean + reach], range);
}

/** Mean of the differences of groups that both have, with t(G - 1); second minus first, the same groups in the same order. */
export function meanDifference(
  first: readonly number[],
  second: readonly number[],
  options: IntervalOptions = {},
): GroupedDifference | undefined {
  if (first.length === 0) return undefined;
  const differences = first.map((value, i) => (second[i] as number) - value);
  const { mean, error } = meanAndError(differences);
  const interval = meanInterval(differences, options);
  if (interval.interval === undefined) return { difference: mean, ...interval };
  const p = studentTwoSided(mean / error, differences.length - 1);
  return { difference: mean, standardError: error, p, ...interval };
}
