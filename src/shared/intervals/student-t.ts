import { crossingOf, regularizedBeta } from './special-functions.ts';

/** Probability that |t| of `degrees` > 0 degrees of freedom is at least |`t`|: two-sided, in [0, 1]. */
export function studentTwoSided(t: number, degrees: number): number {
  if (!Number.isFinite(t)) return Number.isNaN(t) ? Number.NaN : 0;
  return regularizedBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
}

/** The t that is exceeded with probability 1 - `p`; `p` in (0, 1). */
export function studentQuantile(p: number, degrees: number): number {
  const tail = Math.min(p, 1 - p);
  if (tail === 0.5) return 0;
  // In degrees / (degrees + t^2) and not in t: bounded, and precise in the tails.
  const ratio = crossingOf((x) => regularizedBeta(x, degrees / 2, 0.5), 2 * tail, [0, 1]);
  const t = Math.sqrt((degrees * (1 - ratio)) / ratio);
  return p < 0.5 ? -t : t;
}
