import type { HeadArray } from '../head/head.ts';
import type { HeadAnswer } from '../head/heads.ts';
import type { Tolerances } from './precision.ts';

/** What differs most between two answers, or `undefined` where the expected numbers are not finite. */
export interface AnswerDifference {
  readonly array: string;
  /** Of the array's numbers, or rows. */
  readonly share: number;
  readonly isTooMuch: boolean;
}

/** Where many classes are nearly as likely, rounding decides which of them is the best. */
const mostIdsShare = 0.3;
/** Suppression and the choice of the best rows turn rounding into other rows. */
const mostRowsShare = 0.2;

/**
 * Compares two answers number by number, by the spread of the expected ones. Finished rows are compared in any order, as equal scores may change places.
 */
export function answerDifference(
  answer: HeadAnswer,
  expected: HeadAnswer,
  tolerances: Pick<Tolerances, 'answer' | 'share'>,
): AnswerDifference | undefined {
  let worst: AnswerDifference = { array: '', share: 0, isTooMuch: false };
  for (const [array, wanted] of Object.entries(expected.arrays)) {
    const found = (answer.arrays as Readonly<Record<string, HeadArray | undefined>>)[array];
    if (wanted === undefined || found === undefined) continue;
    if (!wanted.every(Number.isFinite)) return undefined;
    const columns = array === 'rows' && 'columns' in expected ? expected.columns : 0;
    const share =
      columns > 0
        ? missingRows(found, wanted, { columns, tolerance: tolerances.answer })
        : shareBeyond(found, wanted, tolerances.answer * spreadOf(wanted));
    const most =
      columns > 0 ? mostRowsShare : wanted instanceof Int32Array ? mostIdsShare : tolerances.share;
    if (share > worst.share) worst = { array, share, isTooMuch: share > most };
    if (worst.isTooMuch) return worst;
  }
  return worst;
}

function shareBeyond(found: HeadArray, wanted: HeadArray, limit: number): number {
  let beyond = 0;
  for (let i = 0; i < wanted.length; i++) {
    if (!(Math.abs(found[i]! - wanted[i]!) <= limit)) beyond += 1;
  }
  return beyond / Math.max(1, wanted.length);
}

/** The share of rows that the other answer has nowhere. */
function missingRows(
  found: HeadArray,
  wanted: HeadArray,
  { columns, tolerance }: { columns: number; tolerance: number },
): number {
  const rows = wanted.length / columns;
  const limits = Array.from({ length: columns }, (_, column) =>
    Math.max(1e-6, tolerance * spreadOf(wanted.filter((_, i) => i % columns === column))),
  );
  const isAlike = (row: number, other: number) =>
    limits.every(
      (limit, column) =>
        Math.abs(wanted[row * columns + column]! - found[other * columns + column]!) <= limit,
    );
  let missing = 0;
  for (let row = 0; row < rows; row++) {
    let other = isAlike(row, row) ? row : 0;
    while (other < rows && !isAlike(row, other)) other += 1;
    if (other === rows) missing += 1;
  }
  return missing / Math.max(1, rows);
}

/** Standard deviation, or the greatest magnitude where all are alike. */
function spreadOf(values: HeadArray): number {
  let [sum, squares, greatest] = [0, 0, 0];
  for (const value of values) {
    sum += value;
    squares += value * value;
    greatest = Math.max(greatest, Math.abs(value));
  }
  const count = Math.max(1, values.length);
  const deviation = Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
  return deviation > 1e-6 * greatest ? deviation : greatest;
}
