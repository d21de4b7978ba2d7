import type { Figure } from '../../evaluate/result/figure.ts';
import { figure } from '../words/wording.ts';

/** What a figure without a value is called. */
export const noValue = 'n/a';

/** A score in [0, 1] with fixed decimals, so that columns can be compared; never "0.00" for something or "1.00" for less than all. */
export function scoreWords(value: number, decimals = 2): string {
  const step = 10 ** -decimals;
  if (value > 0 && value < step) return figure(value);
  if (value < 1 && value > 1 - step / 2) return `over ${(1 - step).toFixed(decimals)}`;
  return value.toFixed(decimals);
}

/** "0.81", or "n/a" where there is none. */
export function figureWords({ value }: Figure, decimals = 2): string {
  return value === null ? noValue : scoreWords(value, decimals);
}

/** "0.75 to 0.88", of the 95 % interval; `undefined` where there is none. */
export function intervalWords(
  { interval }: Figure,
  words: (value: number) => string = scoreWords,
): string | undefined {
  return interval && `${words(interval[0])} to ${words(interval[1])}`;
}

/** "0.81 (0.75 to 0.88)". */
export function figureInWords(one: Figure, decimals = 2): string {
  const interval = intervalWords(one, (value) => scoreWords(value, decimals));
  const value = figureWords(one, decimals);
  return interval === undefined ? value : `${value} (${interval})`;
}
