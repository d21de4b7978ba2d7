import type { Floats } from './ascending-floats.ts';

/** What a test of two samples says. */
export interface TwoSampleTest {
  /** Two-sided. */
  readonly p: number;
  /** Cliff's delta: probability that a value of the second exceeds one of the first, less that of the opposite; in [-1, 1]. */
  readonly effect: number;
}

export interface SmirnovTest extends TwoSampleTest {
  /** Greatest distance of the two empirical distributions, in [0, 1]. */
  readonly d: number;
}

/** Up to this many cells of n x m the p value is exact: 5 ms. */
const mostExact = 1_000_000;

/**
 * Kolmogorov-Smirnov test of two samples, two-sided. Ties make it conservative: rates of false alarms stay below the nominal ones. Both samples ascending.
 * The p value is exact where n x m is at most a million, and Kolmogorov's limit beyond it.
 */
export function kolmogorovSmirnov(first: Floats, second: Floats): SmirnovTest | undefined {
  const [n, m] = [first.length, second.length];
  if (n === 0 || m === 0) return undefined;
  const { d, effect } = compareSorted(first, second);
  const isFew = n * m <= mostExact;
  const p = isFew ? exactTail(d, n, m) : kolmogorovTail(Math.sqrt((n * m) / (n + m)) * d);
  return { d, effect, p };
}

/** One pass over both, value by value. */
function compareSorted(first: Floats, second: Floats): { d: number; effect: number } {
  const [n, m] = [first.length, second.length];
  let [i, j, d, won, farthest] = [0, 0, 0, 0, 0];
  // Where one has ended, the distance falls, and what is left of the second has won against all.
  while (i < n && j < m) {
    const [a, b] = [first[i] as number, second[j] as number];
    const value = Math.min(a, b);
    const [beforeI, beforeJ] = [i, j];
    while (i < n && first[i] === value) i++;
    while (j < m && second[j] === value) j++;
    // Each value of the second has won against `beforeI`, and lost against n - i.
    if (j > beforeJ) won += (j - beforeJ) * (beforeI - (n - i));
    // Whole numbers tell which place is farthest: a division at each takes longer than all else.
    const distance = Math.abs(i * m - j * n);
    if (distance < farthest) continue;
    farthest = distance;
    d = Math.max(d, Math.abs(i / n - j / m));
  }
  return { d, effect: (won + (m - j) * n) / n / m };
}

/** Kolmogorov's limit: 2 sum (-1)^(k - 1) exp(-2 k^2 x^2). */
export function kolmogorovTail(x: number): number {
  if (x < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k++) {
    const term = Math.exp(-2 * k * k * x * x);
    sum += k % 2 === 1 ? term : -term;
    if (term < 1e-18) break;
  }
  return Math.min(1, Math.max(0, 2 * sum));
}

/**
 * Probability of a distance of at least `d` where both are drawn from one continuous distribution, over the paths that merge the samples (Hodges 1957), all as likely: the share of those to
 * (i, j) that have been as far as that. Sums of what is far, and not 1 minus what is not, so that the smallest keep their digits.
 */
function exactTail(d: number, n: number, m: number): number {
  // Half a step above the last smaller distance, so that equal distances are told from smaller ones.
  const below = (0.5 + Math.floor(d * n * m - 1e-7)) / (n * m);
  const far = new Float64Array(m + 1);
  for (let i = 0; i <= n; i++) {
    for (let j = 0; j <= m; j++) {
      if (Math.abs(i / n - j / m) > below) far[j] = 1;
      else if (j === 0) far[j] = i === 0 ? 0 : (far[0] as number);
      else if (i === 0) far[j] = far[j - 1] as number;
      else far[j] = (i * (far[j] as number) + j * (far[j - 1] as number)) / (i + j);
    }
  }
  return far[m] as number;
}
