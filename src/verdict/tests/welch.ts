import { meanAndError } from '../../shared/intervals/mean-interval.ts';
import { studentTwoSided } from '../../shared/intervals/student-t.ts';
import type { TwoSampleTest } from './kolmogorov-smirnov.ts';

/** Welch's t test of two means that may spread differently (Welch 1947), for a few means of groups. `undefined` without spread. */
export function welch(first: readonly number[], second: readonly number[]): WelchTest | undefined {
  if (first.length < 2 || second.length < 2) return undefined;
  const [a, b] = [meanAndError(first), meanAndError(second)];
  const [varianceA, varianceB] = [a.error ** 2, b.error ** 2];
  const variance = varianceA + varianceB;
  if (!(variance > 0)) return undefined;
  const degrees =
    variance ** 2 / (varianceA ** 2 / (first.length - 1) + varianceB ** 2 / (second.length - 1));
  const t = (b.mean - a.mean) / Math.sqrt(variance);
  return { t, degrees, p: studentTwoSided(t, degrees) };
}

export interface WelchTest extends Pick<TwoSampleTest, 'p'> {
  /** Positive where the second mean is greater. */
  readonly t: number;
  readonly degrees: number;
}
