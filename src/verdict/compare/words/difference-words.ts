import { twoDigits } from '../../../report/words/wording.ts';
import type { Difference, FigureDifference, MeasureDifference } from '../comparison.ts';
import { isShare } from './share-figures.ts';

/** A share of objects or images: "0.81"; never "1" or "0" for less or more than that. */
export function shareWords(value: number): string {
  if (value === 0 || value === 1) return String(value);
  const two = value.toFixed(2);
  if (two === '1.00') return value > 0.9995 ? 'over 0.999' : value.toFixed(3);
  return Number(two) === 0 ? String(Number(value.toPrecision(2))) : two;
}

/** The value of a figure; "n/a" where it has none. */
export function figureValueWords(name: string, value: number | null): string {
  if (value === null) return 'n/a';
  return isShare(name) ? shareWords(value) : twoDigits(value);
}

/** "0.12 -> 0.81" */
export function changeWords({ name, from, to }: FigureDifference): string {
  return `${figureValueWords(name, from.value)} -> ${figureValueWords(name, to.value)}`;
}

/** "+0.69" */
export function signed(value: number, words: (value: number) => string = twoDigits): string {
  if (value === 0) return '0';
  return `${value > 0 ? '+' : '-'}${words(Math.abs(value))}`;
}

/** "+0.69 (0.55 to 0.80)": with the 95 % interval where there is one. */
export function differenceWords(
  { value, interval }: Difference,
  words: (value: number) => string = twoDigits,
): string {
  if (interval === undefined) return signed(value, words);
  const [low, high] = interval;
  return `${signed(value, words)} (${signed(low, words)} to ${signed(high, words)})`;
}

/** "95 % interval of the difference +0.55 to +0.80" */
export function intervalWords({ interval }: Difference, words = twoDigits): string {
  if (interval === undefined) return 'no interval';
  const [low, high] = interval;
  return `95 % interval of the difference ${signed(low, words)} to ${signed(high, words)}`;
}

/** Whether the interval says that there is a difference. */
export function isClear({ interval }: Difference): boolean {
  return interval !== undefined && (interval[0] > 0 || interval[1] < 0);
}

/** Value of a measure by its scale: shares of heat and area as percent, counts and ratios as numbers. */
export function measureValueWords(
  { scale }: Pick<MeasureDifference, 'scale'>,
  value: number,
): string {
  return scale === 'unit' && value >= 0 && value <= 1 ? shareWords(value) : twoDigits(value);
}
