import { crossingOf, upperGamma } from './special-functions.ts';

/** Probability that a standard normal value is at least `z`. */
export function normalTail(z: number): number {
  const half = upperGamma(0.5, (z * z) / 2) / 2;
  return z >= 0 ? half : 1 - half;
}

/** Probability that |z| is at least |`z`|. */
export function normalTwoSided(z: number): number {
  return upperGamma(0.5, (z * z) / 2);
}

/** The z that is exceeded with probability 1 - `p`; `p` in (0, 1). */
export function normalQuantile(p: number): number {
  const tail = Math.min(p, 1 - p);
  const z = -crossingOf((x) => normalTail(-x), tail, [-40, 0]);
  return p < 0.5 ? -z : z;
}
