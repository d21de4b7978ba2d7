import { logGamma, regularizedBeta } from '../../shared/intervals/special-functions.ts';

/** A table of two samples by two answers. */
export interface TwoByTwo {
  /** Of the first sample: with and without. */
  readonly first: readonly [yes: number, no: number];
  readonly second: readonly [yes: number, no: number];
}

/** Tables whose probability is that of the observed one up to rounding count as extreme too, as in R and scipy. */
const slack = 1 + 1e-7;

/** Fisher's exact test of a 2 x 2 table, two-sided: probability of the tables, with these sums, that are no likelier than this one. */
export function fisherExact({ first, second }: TwoByTwo): number {
  const n = first[0] + first[1];
  const yes = first[0] + second[0];
  const no = first[1] + second[1];
  const [least, most] = [Math.max(0, n - no), Math.min(yes, n)];
  // Of thousands of tables each has these in common.
  const [ofYes, ofNo, ofAll] = [logGamma(yes + 1), logGamma(no + 1), logChoose(yes + no, n)];
  const logOf = (k: number) =>
    ofYes -
    logGamma(k + 1) -
    logGamma(yes - k + 1) +
    (ofNo - logGamma(n - k + 1) - logGamma(no - n + k + 1)) -
    ofAll;
  const limit = Math.exp(logOf(first[0])) * slack;
  let p = 0;
  for (let k = least; k <= most; k++) {
    const chance = Math.exp(logOf(k));
    if (chance <= limit) p += chance;
  }
  return Math.min(1, p);
}

function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}

/**
 * McNemar's exact test of paired answers, two-sided: `gained` pairs changed from no to yes, `lost` from yes to no; under the null hypothesis both are equally
 * likely (binomial).
 */
export function mcNemarExact(gained: number, lost: number): number {
  const changed = gained + lost;
  const fewer = Math.min(gained, lost);
  if (changed === 0 || 2 * fewer === changed) return 1;
  return Math.min(1, 2 * regularizedBeta(0.5, changed - fewer, fewer + 1));
}
