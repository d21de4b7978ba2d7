import { wholeNumber } from '../../report/words/wording.ts';
import type { Comparison } from '../rules/rule.ts';

const comparisonWords: Readonly<Record<Comparison, string>> = {
  '>=': 'at least',
  '<=': 'at most',
  '>': 'more than',
  '<': 'less than',
};

/** Digits of a limit, which is shown as it was written. */
const mostDigits = 6;

/**
 * Three digits, thousands apart; a share read as percent as such: 0.0521 -> "5.21 %".
 *
 * @param beside what it is read beside, as a limit: as many digits more as it takes to tell the two apart
 */
export function valueWords(value: number, percent = false, beside?: number): string {
  return wordsOf(value, { digits: 3, percent, beside });
}

/** With its sign: a change. */
export function changeWords(value: number, percent = false, beside?: number): string {
  const words = valueWords(value, percent, beside);
  return value > 0 ? `+${words}` : words;
}

/** Two digits for each end, as no interval is known to more. */
export function intervalWords(
  [low, high]: readonly [number, number],
  percent = false,
  beside?: number,
): string {
  const end = (value: number, other: number) =>
    wordsOf(value, { digits: 2, percent, beside: beside === value ? other : (beside ?? other) });
  return `${end(low, high)} to ${end(high, low)}`;
}

interface NumberWords {
  readonly digits: number;
  readonly percent: boolean;
  readonly beside: number | undefined;
}

function wordsOf(value: number, { digits, percent, beside }: NumberWords): string {
  if (percent) {
    const other = beside === undefined ? undefined : beside * 100;
    return `${wordsOf(value * 100, { digits, percent: false, beside: other })}\u00a0%`;
  }
  const words = rounded(value, digits);
  const isTold = beside === undefined || value === beside || words !== rounded(beside, digits);
  return isTold || digits >= mostDigits
    ? words
    : wordsOf(value, { digits: digits + 1, percent, beside });
}

function rounded(value: number, digits: number): string {
  // Digits before the point are not rounded away.
  const kept = Number(value.toPrecision(Math.max(digits, wholeDigits(value))));
  return Number.isInteger(kept)
    ? `${kept < 0 ? '-' : ''}${wholeNumber(Math.abs(kept))}`
    : String(kept);
}

function wholeDigits(value: number): number {
  return Math.min(15, Math.floor(Math.log10(Math.max(1, Math.abs(value)))) + 1);
}

/** "at least 0.7". */
export function limitWords(comparison: Comparison, limit: number, percent: boolean): string {
  return `${comparisonWords[comparison]} ${wordsOf(limit, { digits: mostDigits, percent, beside: undefined })}`;
}

/** "78 objects", "1 image". */
export function nWords(n: number, of: 'objects' | 'images'): string {
  return `${wholeNumber(n)} ${n === 1 ? of.slice(0, -1) : of}`;
}

/** Why a rule of so few cannot be told. */
export function askedForWords(min: number, n: number, of: 'objects' | 'images'): string {
  return `${min} ${of} are asked for (min), and there ${n === 1 ? 'is' : 'are'} ${n}.`;
}

/** Without the period at its end, to go on after. */
export function inSentence(why: string): string {
  return why.replace(/\.$/, '');
}

/** A sentence as it stands behind a colon. */
export function clauseOf(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
