import { normalTwoSided } from '../../shared/intervals/normal.ts';
import { midranks } from './midranks.ts';

export interface SignedRankTest {
  /** Two-sided; 1 where nothing differs. */
  readonly p: number;
  /** Sum of the ranks of positive differences. */
  readonly w: number;
  /** Rank-biserial correlation: (sum of positive - sum of negative ranks) / their sum, in [-1, 1]. */
  readonly effect: number;
  /** Pairs that differ. */
  readonly differing: number;
}

/** Up to so many differing pairs all signs are counted; beyond it the normal limit is right to a few percent of p. */
const mostExact = 50;

/**
 * Wilcoxon's signed-rank test of paired differences, two-sided, with zeros as Pratt (1959) has them: ranked, then left out. Equal magnitudes share midranks.
 * The p value is exact, over all signs of the ranks at hand, so ties cost nothing; beyond 50 differing pairs it is the normal limit without correction.
 */
export function signedRank(differences: ArrayLike<number>): SignedRankTest {
  const magnitudes = Float64Array.from(differences, Math.abs);
  const ranks = midranks(magnitudes);
  let [w, total, squares, differing] = [0, 0, 0, 0];
  const doubled: number[] = [];
  for (let i = 0; i < ranks.length; i++) {
    const difference = differences[i] as number;
    if (difference === 0) continue;
    const rank = ranks[i] as number;
    differing += 1;
    total += rank;
    squares += rank * rank;
    if (difference > 0) w += rank;
    if (differing <= mostExact) doubled.push(Math.round(2 * rank));
  }
  if (differing === 0) return { p: 1, w: 0, effect: 0, differing };
  const p =
    differing <= mostExact
      ? exactSigns(doubled, Math.round(2 * w))
      : normalTwoSided((w - total / 2) / Math.sqrt(squares / 4));
  return { p, w, effect: (2 * w - total) / total, differing };
}

/** Probability of a sum at least as far from its mean, where each rank is positive or negative with equal chance; all in halves of a rank. */
function exactSigns(ranks: readonly number[], observed: number): number {
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const chance = new Float64Array(total + 1);
  chance[0] = 1;
  let reach = 0;
  for (const rank of ranks) {
    reach += rank;
    for (let sum = reach; sum >= 0; sum--) {
      const joined = sum >= rank ? (chance[sum - rank] as number) : 0;
      chance[sum] = ((chance[sum] as number) + joined) / 2;
    }
  }
  const far = Math.abs(2 * observed - total);
  let p = 0;
  for (let sum = 0; sum <= total; sum++) {
    if (Math.abs(2 * sum - total) >= far) p += chance[sum] as number;
  }
  return Math.min(1, p);
}
