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

/** Below it an exact p, which is 1 minus a probability, has no digits left. */
const leastExact = 1e-10;

/**
 * Kolmogorov-Smirnov test of two samples, two-sided. Ties make it conservative: rates of false alarms stay below the nominal ones. Both samples ascending.
 * The p value is exact where n x m is at most a million, and Kolmogorov's limit beyond it.
 */
export function kolmogorovSmirnov(first: Floats, second: Floats): SmirnovTest | undefined {
  const [n, m] = [first.length, second.length];
  if (n === 0 || m === 0) return undefined;
  const { d, effect } = compareSorted(first, second);
  const limit = kolmogorovTail(Math.sqrt((n * m) / (n + m)) * d);
  const exact = n * m <= mostExact ? exactTail(d, n, m) : undefined;
  return { d, effect, p: exact !== undefined && exact > leastExact ? exact : limit };
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

/** Probability of a distance of at least `d` where both are drawn from one continuous distribution, by counting paths (Hodges 1957; Viehmann 2021). */
function exactTail(d: number, n: number, m: number): number {
  // Half a step above the last smaller distance, so that equal distances are told from smaller ones.
  const below = (0.5 + Math.floor(d * n * m - 1e-7)) / (n * m);
  const inside = new Float64Array(m + 1);
  for (let j = 0; j <= m; j++) inside[j] = j / m > below ? 0 : 1;
  for (let i = 1; i <= n; i++) {
    const weight = i / (i + m);
    inside[0] = i / n > below ? 0 : weight * (inside[0] as number);
    for (let j = 1; j <= m; j++) {
      const far = Math.abs(i / n - j / m) > below;
      inside[j] = far ? 0 : weight * (inside[j] as number) + (inside[j - 1] as number);
    }
  }
  return Math.max(0, 1 - (inside[m] as number));
}
