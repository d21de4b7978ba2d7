import { studentTwoSided } from '../../shared/intervals/student-t.ts';
import { midranks } from './midranks.ts';

/**
 * Spearman's correlation: Pearson's of the midranks, right with ties, over rows where both are defined. Zeros that both have together correlate by themselves, so rows
 * where "nothing there" makes both zero are for the caller to leave out. `undefined` below three rows or where one side is constant.
 *
 * @returns rho in [-1, 1], and its two-sided p by Student's t with n - 2 degrees
 */
export function spearman(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
): { rho: number; p: number } | undefined {
  const n = first.length;
  const [a, b] = [midranks(first), midranks(second)];
  const middle = (n + 1) / 2;
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [x, y] = [(a[i] as number) - middle, (b[i] as number) - middle];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  if (n < 3 || aa === 0 || bb === 0) return undefined;
  const rho = Math.min(1, Math.max(-1, ab / Math.sqrt(aa * bb)));
  const t = rho * Math.sqrt((n - 2) / (1 - rho * rho));
  return { rho, p: studentTwoSided(t, n - 2) };
}
