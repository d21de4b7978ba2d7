import { crossingOf, upperGamma } from './special-functions.ts';

/** Probability that chi-squared of `degrees` > 0 degrees of freedom is at least `x`. */
export function chiSquaredTail(x: number, degrees: number): number {
  return upperGamma(degrees / 2, x / 2);
}

/** The value that is exceeded with probability 1 - `p`; `p` in (0, 1). */
export function chiSquaredQuantile(p: number, degrees: number): number {
  // Beyond it lies less than any p that a double tells from 1.
  const most = degrees + 100 * Math.sqrt(degrees) + 1000;
  return crossingOf((x) => -chiSquaredTail(x, degrees), -(1 - p), [0, most]);
}
