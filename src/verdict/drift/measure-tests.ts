import type { MeasureScale } from '../../shared/catalog/measure-catalog.ts';
import { meanAndError } from '../../shared/intervals/mean-interval.ts';
import { studentTwoSided } from '../../shared/intervals/student-t.ts';
import { ascendingFloats, countUpTo, type Floats } from '../tests/ascending-floats.ts';
import { kolmogorovSmirnov } from '../tests/kolmogorov-smirnov.ts';
import { populationStability } from '../tests/population-stability.ts';
import { signedRank } from '../tests/signed-rank.ts';
import { twoPart, twoPartPaired } from '../tests/two-part.ts';
import { welch } from '../tests/welch.ts';
import type { DriftTest } from './drift.ts';
import type { NewValues, SharedValues } from './measure-samples.ts';

/** A test before all are adjusted together. */
export type RawTest = Omit<DriftTest, 'adjusted'>;

/** `same`: there was enough to compare, and nothing differs at all; no test, and none is counted. */
export type TestOutcome = RawTest | 'same' | 'too few';

/** Fewest units on each side. */
export const fewestUnits = 5;

/** Zeros are a state of their own from this share of all values on; below it they are values as any others. */
const leastZeros = 0.02;

/** Pairs of the same images: Wilcoxon's signed-rank test, in two parts where many are zero. */
export function testShared(values: SharedValues, scale: MeasureScale): TestOutcome {
  const { before, now, differences } = values;
  if (before.length < fewestUnits) return 'too few';
  if (differences.every((difference) => difference === 0)) return 'same';
  const n = before.length;
  const sorted = [ascendingFloats(before), ascendingFloats(now)] as const;
  const base = { of: 'shared', units: pair(n, n), ...quantilesOf(...sorted) } as const;
  if (hasManyZeros(sorted, scale)) {
    const test = twoPartPaired(before, heldWhereEqual(values));
    if (test === undefined) return 'same';
    const { p, effect, by, zeros } = test;
    return { ...base, test: 'paired-two-part', p, effect, by, zeros: [...zeros] };
  }
  const { p, effect } = signedRank(differences);
  return { ...base, test: 'signed-rank', p, effect };
}

/** The new images against all of the baseline: Kolmogorov-Smirnov, in two parts where many are zero. */
export function testNew({ before, now }: NewValues, scale: MeasureScale): TestOutcome {
  if (before.length < fewestUnits || now.length < fewestUnits) return 'too few';
  const [first, second] = [ascendingFloats(before), ascendingFloats(now)];
  if (isConstant(first, second)) return 'same';
  const psi = populationStability(first, second);
  const base = {
    of: 'new',
    units: pair(before.length, now.length),
    ...quantilesOf(first, second),
    ...(psi && { psi: { value: psi.psi, limit: psi.limit } }),
  } as const;
  if (hasManyZeros([first, second], scale)) {
    const test = twoPart(first, second);
    if (test === undefined) return 'same';
    const { p, effect, by, zeros } = test;
    return { ...base, test: 'two-part', p, effect, by, zeros: [...zeros] };
  }
  const test = kolmogorovSmirnov(first, second);
  if (test === undefined) return 'too few';
  return { ...base, test: 'kolmogorov-smirnov', p: test.p, effect: test.effect };
}

/** Means of the differences of each group, by Student's t with G - 1 degrees. */
export function testSharedGroups(
  { before, now, differences }: SharedValues,
  groups: readonly string[],
): TestOutcome {
  const means = meansOf(differences, groups);
  if (means.length < fewestUnits) return 'too few';
  if (differences.every((difference) => difference === 0)) return 'same';
  const { mean, error } = meanAndError(means);
  const t = error > 0 ? mean / error : Number.POSITIVE_INFINITY * Math.sign(mean);
  const degrees = means.length - 1;
  return {
    of: 'shared',
    test: 'paired-t',
    units: pair(means.length, means.length),
    ...quantilesOf(
      Float64Array.from(meansOf(before, groups)).sort(),
      Float64Array.from(meansOf(now, groups)).sort(),
    ),
    p: studentTwoSided(t, degrees),
    effect: correlationOf(t, degrees),
  };
}

/** Means of groups of the new images against those of the baseline, by Welch's t. */
export function testNewGroups(
  { before, now }: NewValues,
  groups: { readonly before: readonly string[]; readonly now: readonly string[] },
): TestOutcome {
  const [first, second] = [meansOf(before, groups.before), meansOf(now, groups.now)];
  if (first.length < fewestUnits || second.length < fewestUnits) return 'too few';
  const [a, b] = [Float64Array.from(first).sort(), Float64Array.from(second).sort()];
  if (isConstant(a, b)) return 'same';
  const base = { of: 'new', units: pair(a.length, b.length), ...quantilesOf(a, b) } as const;
  const test = welch(first, second);
  // Each side is a constant of its own: there is no spread for a t test, but ranks tell.
  if (test === undefined) {
    const { p = 1, effect = 0 } = kolmogorovSmirnov(a, b) ?? {};
    return { ...base, test: 'kolmogorov-smirnov', p, effect };
  }
  return { ...base, test: 'welch', p: test.p, effect: correlationOf(test.t, test.degrees) };
}

/** Means of the values of each group, in the order in which groups come. */
function meansOf(values: Floats, groups: readonly string[]): number[] {
  const sums = new Map<string, { sum: number; n: number }>();
  groups.forEach((group, i) => {
    const { sum, n } = sums.get(group) ?? { sum: 0, n: 0 };
    sums.set(group, { sum: sum + (values[i] as number), n: n + 1 });
  });
  return [...sums.values()].map(({ sum, n }) => sum / n);
}

/** r of a t test: 0 no difference, 1 nothing but difference. */
function correlationOf(t: number, degrees: number): number {
  return Number.isFinite(t) ? t / Math.sqrt(t * t + degrees) : Math.sign(t);
}

/** The current values, with those that differ by less than counts set to what they were. */
function heldWhereEqual({ before, now, differences }: SharedValues): Float32Array {
  return now.map((value, i) => (differences[i] === 0 ? (before[i] as number) : value));
}

/** Looks at both samples alike, so that which test is taken does not depend on what differs. Both ascending. */
function hasManyZeros(samples: readonly [Floats, Floats], scale: MeasureScale): boolean {
  if (scale === 'signed') return false;
  let [zeros, n] = [0, 0];
  for (const sample of samples) {
    if ((sample[0] as number) < 0) return false;
    n += sample.length;
    zeros += countUpTo(sample, 0);
  }
  return zeros >= leastZeros * n;
}

/** Of two ascending samples. */
function isConstant(first: Floats, second: Floats): boolean {
  const value = first[0];
  return first.at(-1) === value && second[0] === value && second.at(-1) === value;
}

/** Of two ascending samples. */
function quantilesOf(first: Floats, second: Floats): Pick<DriftTest, 'quantiles'> {
  return { quantiles: [threeOf(first), threeOf(second)] };
}

/** 5 %, 50 % and 95 % by nearest rank. */
function threeOf(ascending: Floats): [number, number, number] {
  const at = (q: number) => ascending[Math.max(0, Math.ceil(q * ascending.length) - 1)] as number;
  return [at(0.05), at(0.5), at(0.95)];
}

function pair(first: number, second: number): [number, number] {
  return [first, second];
}
