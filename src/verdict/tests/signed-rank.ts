import { normalTwoSided } from '../../shared/intervals/normal.ts';
import { countUpTo } from './ascending-floats.ts';

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
  const signs = nonzero(differences);
  const differing = signs.length;
  if (differing === 0) return { p: 1, w: 0, effect: 0, differing };
  let [w, total, squares] = [0, 0, 0];
  const doubled: number[] = [];
  // From the middle outwards, through magnitudes as they rise; ranks and their squares are quarters of whole numbers, so their sums are exact in any order.
  let down = countUpTo(signs, 0) - 1;
  let up = down + 1;
  let before = differences.length - differing;
  while (down >= 0 || up < differing) {
    const magnitude = Math.min(
      down >= 0 ? -(signs[down] as number) : Number.POSITIVE_INFINITY,
      up < differing ? (signs[up] as number) : Number.POSITIVE_INFINITY,
    );
    const [negative, positive] = [down, up];
    while (down >= 0 && -(signs[down] as number) === magnitude) down--;
    while (up < differing && signs[up] === magnitude) up++;
    const won = up - positive;
    const equal = won + negative - down;
    // Those that share a magnitude share the mean of their ranks.
    const rank = (2 * before + 1 + equal) / 2;
    before += equal;
    total += equal * rank;
    squares += equal * rank * rank;
    w += won * rank;
    if (differing <= mostExact) doubled.push(...new Array<number>(equal).fill(2 * rank));
  }
  const p =
    differing <= mostExact
      ? exactSigns(doubled, Math.round(2 * w))
      : normalTwoSided((w - total / 2) / Math.sqrt(squares / 4));
  return { p, w, effect: (2 * w - total) / total, differing };
}

/** Ascending. */
function nonzero(differences: ArrayLike<number>): Float64Array {
  const kept = new Float64Array(differences.length);
  let count = 0;
  for (let i = 0; i < differences.length; i++) {
    const difference = differences[i] as number;
    if (difference !== 0) kept[count++] = difference;
  }
  return kept.subarray(0, count).sort();
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
