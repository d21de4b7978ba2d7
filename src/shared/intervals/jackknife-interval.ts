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

/**
 * 95 % interval of any smooth figure (average precision) from its values without each group in turn: the delete-one jackknife's standard error,
 * sqrt((G - 1) / G sum (value without g - their mean)^2) (Tukey 1958), and Student's t with G - 1 degrees of freedom.
 *
 * @param value the figure over all groups
 * @param without [G]: the figure without each group
 */
export function jackknifeInterval(
  value: number,
  without: readonly number[],
  { range }: IntervalOptions = {},
): GroupedInterval {
  const groups = without.length;
  const few = tooFewGroups(groups);
  if (few !== undefined) return few;
  const error = jackknifeError(without);
  if (!isSpread(error)) return agreeingGroups(groups);
  const reach = studentQuantile(0.975, groups - 1) * error;
  return groupedInterval(groups, [value - reach, value + reach], range);
}

/** A figure of two runs over the same groups, in the same order. */
export interface LeaveOneOut {
  readonly value: number;
  /** [G] */
  readonly without: readonly number[];
}

/** The difference of a figure over the groups that both have, second minus first: the jackknife of the difference, so what both share cancels. */
export function jackknifeDifference(
  first: LeaveOneOut,
  second: LeaveOneOut,
  options: IntervalOptions = {},
): GroupedDifference {
  const difference = second.value - first.value;
  const without = first.without.map((value, i) => (second.without[i] as number) - value);
  const interval = jackknifeInterval(difference, without, options);
  if (interval.interval === undefined) return { difference, ...interval };
  const error = jackknifeError(without);
  const p = studentTwoSided(difference / error, without.length - 1);
  return { difference, standardError: error, p, ...interval };
}

function jackknifeError(without: readonly number[]): number {
  const groups = without.length;
  const mean = without.reduce((sum, value) => sum + value, 0) / groups;
  const squares = without.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt((squares * (groups - 1)) / groups);
}
