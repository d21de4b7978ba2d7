import { wholeNumber } from '../../report/words/wording.ts';
import type { Comparison } from '../rules/rule.ts';

const comparisonWords: Readonly<Record<Comparison, string>> = {
  '>=': 'at least',
  '<=': 'at most',
  '>': 'more than',
  '<': 'less than',
};

/** Four digits, thousands apart; a share read as percent as such: 0.0521 -> "5.21 %". */
export function valueWords(value: number, percent = false): string {
  if (percent) return `${valueWords(value * 100)}\u00a0%`;
  if (Number.isInteger(value)) return `${value < 0 ? '-' : ''}${wholeNumber(Math.abs(value))}`;
  return String(Number(value.toPrecision(4)));
}

/** With its sign: a change. */
export function changeWords(value: number, percent = false): string {
  const words = valueWords(value, percent);
  return value > 0 ? `+${words}` : words;
}

export function intervalWords([low, high]: readonly [number, number], percent = false): string {
  return `${valueWords(low, percent)} to ${valueWords(high, percent)}`;
}

/** "at least 0.7". */
export function limitWords(comparison: Comparison, limit: number, percent: boolean): string {
  return `${comparisonWords[comparison]} ${valueWords(limit, percent)}`;
}

/** "78 objects", "1 image". */
export function nWords(n: number, of: 'objects' | 'images'): string {
  return `${wholeNumber(n)} ${n === 1 ? of.slice(0, -1) : of}`;
}

/** Without the period at its end, to go on after. */
export function inSentence(why: string): string {
  return why.replace(/\.$/, '');
}
