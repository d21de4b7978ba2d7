/** Below it no interval is given: what is resampled is too little to tell (Cameron, Gelbach, Miller 2008). */
export const fewestGroups = 5;

/** Below it an interval is rough, and said to be. */
export const fewGroups = 10;

export type Interval = readonly [low: number, high: number];

/** A 95 % interval, or why there is none. The names are those of a `Figure`, so that it is spread into one. */
export interface GroupedInterval {
  /** Independent groups that say something of the figure. */
  readonly groups: number;
  /** Absent below `fewestGroups`, and where every group says the same. */
  readonly interval?: [low: number, high: number];
  /** Why there is none; a caveat where there is one; a sentence. */
  readonly why?: string;
}

/** The estimate of a difference, second minus first; `p`: two-sided, that such a difference comes by chance. Both absent with the interval. */
export interface GroupedDifference extends GroupedInterval {
  readonly difference: number;
  readonly standardError?: number;
  readonly p?: number;
}

export interface IntervalOptions {
  /** What the figure can be; intervals are clamped to it. Any number where absent. */
  readonly range?: Interval;
  /** Of the resampling. */
  readonly seed?: number;
}

/** No interval, for want of groups; `undefined` where there are enough. */
export function tooFewGroups(groups: number): GroupedInterval | undefined {
  if (groups >= fewestGroups) return undefined;
  const have = groups === 1 ? 'there is 1' : `there are ${groups === 0 ? 'none' : groups}`;
  return { groups, why: `An interval takes at least ${fewestGroups} independent groups; ${have}.` };
}

/** Standard errors up to this are rounding: the mean of thirty times 0.995 is not 0.995. */
const roundingError = 1e-12;

/** Whether groups differ in more than the rounding of their mean; NaN does not. */
export function isSpread(standardError: number): boolean {
  return standardError > roundingError;
}

/** No interval, where all groups agree and nothing is known of the spread. */
export function agreeingGroups(groups: number): GroupedInterval {
  return { groups, why: 'Every group says the same, so nothing is known of the spread.' };
}

/** Puts an interval into its range, with what must be said of few groups. */
export function groupedInterval(
  groups: number,
  [low, high]: Interval,
  range: Interval | undefined,
): GroupedInterval {
  const [least, most] = range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const clamp = (value: number) => Math.min(most, Math.max(least, value));
  return {
    groups,
    interval: [clamp(low), clamp(high)],
    ...(groups < fewGroups && { why: `Rough: it rests on ${groups} independent groups.` }),
  };
}
