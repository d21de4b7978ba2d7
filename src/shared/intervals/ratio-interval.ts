import {
  drawsAtOnce,
  studentized as studentsOfOne,
  studentizedPair as studentsOfTwo,
} from '../../kernels/resampled-ratios.ts';
import { ranked } from '../statistics/ranked.ts';
import { sumOf } from '../statistics/sum-of.ts';
import { drawStart, type GroupDraws, resampleCount, resampledGroups } from './group-resamples.ts';
import {
  agreeingGroups,
  fewestGroups,
  type GroupedDifference,
  type GroupedInterval,
  groupedInterval,
  type Interval,
  type IntervalOptions,
  tooFewGroups,
} from './grouped-interval.ts';
import { crossingOf, regularizedBeta } from './special-functions.ts';
import { studentTwoSided } from './student-t.ts';

/** Sums over the images of each group, for a figure that is the sum of the numerators over that of the denominators. All >= 0 below the line. */
export interface RatioGroups {
  readonly numerators: readonly number[];
  readonly denominators: readonly number[];
}

const usualSeed = 20_080_101;

/**
 * 95 % interval of a ratio of sums (a recall: objects found over objects), by bootstrap-t over groups: groups are drawn with replacement, and each draw's distance
 * from the ratio is measured in its own linearized standard error (Efron 1981; Cameron, Gelbach, Miller 2008). Images of a group may depend on each other as they
 * like. Groups with a denominator of 0 say nothing and do not count.
 *
 * Of a share that fewer than five groups decide, it reaches at least as far as that of as many independent answers as there are groups.
 * Where every group has the same ratio at an end of [0, 1], as a recall of 1, the interval is that of so many independent yes-or-no answers (Clopper, Pearson
 * 1934): right for groups whose images all agree, wide for others.
 */
export function ratioInterval(
  groups: RatioGroups,
  { range, seed = usualSeed }: IntervalOptions = {},
): GroupedInterval {
  const at = groups.denominators.flatMap((denominator, i) => (denominator > 0 ? [i] : []));
  const part = partOf(groups, at);
  const few = tooFewGroups(at.length);
  if (few !== undefined || part === undefined) return few ?? { groups: 0 };
  const { ratio, weights } = part;
  const error = linearizedError([part]);
  // Smaller is rounding: a group's own ratio differs by 1e-16 from the mean of as many.
  if (!(error > 1e-12 * Math.max(1, Math.abs(ratio))))
    return atTheEnd(ratio, weights.length, range);
  const [low, high] = studentized([part], seed);
  const resampled: Interval = [ratio - high * error, ratio - low * error];
  const rare = isShare(range) ? rareInterval(part, ratio) : undefined;
  if (rare === undefined) return groupedInterval(at.length, resampled, range);
  const widest: Interval = [Math.min(resampled[0], rare[0]), Math.max(resampled[1], rare[1])];
  const why = `Rough: fewer than ${fewestGroups} groups differ from the others.`;
  return { ...groupedInterval(at.length, widest, range), why };
}

/**
 * Where fewer than five groups hold all that was found, or all that was not, resampling hardly ever draws them and sees no spread: one object found of 28 in 24
 * images had the interval 0 to 4 %. Then the interval reaches at least as far as that of as many independent yes-or-no answers as there are groups (Clopper, Pearson
 * 1934). `undefined` elsewhere.
 */
function rareInterval({ residuals, weights }: RatioPart, ratio: number): Interval | undefined {
  const groups = weights.length;
  let [some, lacking] = [0, 0];
  for (let g = 0; g < groups; g++) {
    const weight = weights[g] as number;
    const found = (residuals[g] as number) + ratio * weight;
    if (found > 1e-9 * weight) some++;
    if (found < (1 - 1e-9) * weight) lacking++;
  }
  if (Math.min(some, lacking) >= fewestGroups) return undefined;
  const found = ratio * groups;
  return [
    found > 0 ? exactBound(found, groups - found + 1, 0.025) : 0,
    found < groups ? exactBound(found + 1, groups - found, 0.975) : 1,
  ];
}

/** Quantile of the beta distribution: what Clopper and Pearson take, here of counts that need not be whole. */
function exactBound(a: number, b: number, probability: number): number {
  return crossingOf((x) => regularizedBeta(x, a, b), probability, [0, 1]);
}

/**
 * The difference of two ratios, second minus first, with its 95 % interval by bootstrap-t over the groups that both have: both ratios are resampled together,
 * so what they share (hard images) cancels. Both lists have the same groups in the same order. `undefined` where a ratio does not exist.
 */
export function ratioDifference(
  first: RatioGroups,
  second: RatioGroups,
  { range, seed = usualSeed }: IntervalOptions = {},
): GroupedDifference | undefined {
  const at = first.denominators.flatMap((denominator, i) =>
    denominator > 0 || (second.denominators[i] as number) > 0 ? [i] : [],
  );
  const [one, two] = [partOf(first, at), partOf(second, at)];
  if (one === undefined || two === undefined) return undefined;
  const difference = two.ratio - one.ratio;
  const groups = at.length;
  const few = tooFewGroups(groups);
  if (few !== undefined) return { difference, ...few };
  const parts = [negative(one), two];
  const error = linearizedError(parts);
  if (!(error > 1e-12)) return { difference, ...agreeingGroups(groups) };
  const [low, high] = studentized(parts, seed);
  return {
    difference,
    standardError: error,
    p: studentTwoSided(difference / error, groups - 1),
    ...groupedInterval(groups, [difference - high * error, difference - low * error], range),
  };
}

/** `residuals`: numerators less the ratio times `weights`, the denominators; they add up to 0. */
interface RatioPart {
  readonly residuals: Float64Array;
  readonly weights: Float64Array;
}

function partOf(
  { numerators, denominators }: RatioGroups,
  at: readonly number[],
): (RatioPart & { readonly ratio: number }) | undefined {
  const weights = Float64Array.from(at, (i) => denominators[i] as number);
  const total = sumOf(weights);
  if (!(total > 0)) return undefined;
  const ratio = at.reduce((sum, i) => sum + (numerators[i] as number), 0) / total;
  const residuals = Float64Array.from(
    at,
    (i, k) => (numerators[i] as number) - ratio * (weights[k] as number),
  );
  return { ratio, residuals, weights };
}

function negative({ residuals, weights }: RatioPart): RatioPart {
  return { residuals: residuals.map((residual) => -residual), weights };
}

/** Linearized (delta method) standard error of the sum of the ratios: sqrt(G / (G - 1) sum over groups of (sum over parts of residual / total)^2). */
function linearizedError(parts: readonly RatioPart[]): number {
  const totals = parts.map(({ weights }) => sumOf(weights));
  const groups = parts[0]?.weights.length ?? 0;
  let squares = 0;
  for (let g = 0; g < groups; g++) {
    let influence = 0;
    for (const [p, { residuals }] of parts.entries())
      influence += (residuals[g] as number) / (totals[p] as number);
    squares += influence * influence;
  }
  return Math.sqrt((squares * groups) / (groups - 1));
}

/** The 2.5 % and 97.5 % points of the resampled t. */
function studentized(parts: readonly RatioPart[], seed: number): [low: number, high: number] {
  const draws = resampledGroups(parts[0]?.weights.length ?? 0, seed);
  const { counts } = draws;
  const values =
    (counts instanceof Uint8Array && quickStudents(parts, counts)) || studentsOf(parts, draws);
  const rank = Math.round((resampleCount + 1) * 0.025);
  return [ranked(values, rank - 1), ranked(values, resampleCount - rank)];
}

/** `undefined` for more than two parts. */
function quickStudents([first, second, ...more]: readonly RatioPart[], counts: Uint8Array) {
  if (first === undefined || more.length > 0) return undefined;
  const values =
    second === undefined ? studentsOfOne(first, counts) : studentsOfTwo(first, second, counts);
  return values.subarray(0, resampleCount);
}

function studentsOf(parts: readonly RatioPart[], { groups, counts }: GroupDraws) {
  const values = new Float64Array(resampleCount);
  const influences = new Float64Array(groups);
  for (let draw = 0; draw < resampleCount; draw++) {
    values[draw] = studentOf(parts, { counts, start: drawStart(draw, groups), influences });
  }
  return values;
}

interface Draw {
  /** How often each group is drawn, from `start` on. */
  readonly counts: GroupDraws['counts'];
  readonly start: number;
  /** [groups], to work in. */
  readonly influences: Float64Array;
}

/**
 * Distance of one draw from the ratio in its own standard errors; 0 for a draw that says nothing: no denominator, or all groups the same. Goes over the groups in their
 * order, each as often as it was drawn: following the draws takes several times as long, and an evaluation has thousands of intervals.
 */
function studentOf(parts: readonly RatioPart[], { counts, start, influences }: Draw): number {
  const groups = influences.length;
  influences.fill(0);
  let distance = 0;
  for (const { residuals, weights } of parts) {
    let residual = 0;
    let total = 0;
    for (let g = 0; g < groups; g++) {
      const drawn = counts[start + g * drawsAtOnce] as number;
      residual += drawn * (residuals[g] as number);
      total += drawn * (weights[g] as number);
    }
    if (!(total > 0)) return 0;
    const shift = residual / total;
    const scale = 1 / total;
    for (let g = 0; g < groups; g++) {
      const centered = (residuals[g] as number) - shift * (weights[g] as number);
      influences[g] = (influences[g] as number) + centered * scale;
    }
    distance += shift;
  }
  let squares = 0;
  for (let g = 0; g < groups; g++) {
    const influence = influences[g] as number;
    squares += (counts[start + g * drawsAtOnce] as number) * influence * influence;
  }
  const error = Math.sqrt((squares * groups) / (groups - 1));
  return error > 1e-12 ? distance / error : 0;
}

/** All groups have the same ratio. */
function atTheEnd(ratio: number, groups: number, range: IntervalOptions['range']): GroupedInterval {
  if (!isShare(range) || (ratio > 1e-12 && ratio < 1 - 1e-12)) return agreeingGroups(groups);
  const missed = 1 - 0.025 ** (1 / groups);
  const interval: [number, number] = ratio > 0.5 ? [1 - missed, 1] : [0, missed];
  const why = `Every group says the same: the interval is that of ${groups} independent answers.`;
  return { groups, interval, why };
}

/** Whether the figure is a part of a whole. */
function isShare(range: IntervalOptions['range']): boolean {
  return range?.[0] === 0 && range[1] === 1;
}
