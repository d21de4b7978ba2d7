import { sumOf } from '../../shared/statistics/sum-of.ts';
import type { OperatingPoint } from '../result/evaluation.ts';
import type { ObjectSize } from '../result/object-row.ts';
import { objectSizes } from '../result/object-row.ts';
import type { BlockTallies } from './block-tallies.ts';
import { addedUp, type RatioBook } from './ratio-figures.ts';

/** Which objects: of a class or of all, of a size or of all. */
export interface ObjectChoice {
  readonly classIds: readonly number[];
  readonly size?: ObjectSize;
  /** What is behind the name of a figure: `.Platelets@small`; empty for all objects. */
  readonly suffix: string;
  /** "of Platelets", or nothing. */
  readonly whose: string;
}

export interface OperatingContext {
  readonly tallies: BlockTallies;
  /** Names of all blocks. */
  readonly blocks: readonly string[];
  readonly book: RatioBook;
}

/** What was found and what was not, of some objects. A figure that nothing stands behind is null. */
export function operatingPoint(
  { tallies, blocks, book }: OperatingContext,
  { classIds, size, suffix, whose }: ObjectChoice,
): OperatingPoint {
  const sizes = size === undefined ? objectSizes : [size];
  const names = classIds.flatMap((id) => sizes.map((one) => `${id}/${one}`));
  const [tp = [], fp = [], fn = []] = (['tp', 'fp', 'fn'] as const).map((outcome) =>
    addedUp(
      names.map((name) => tallies.of(`${outcome}/${name}`, blocks)),
      blocks.length,
    ),
  );
  const twice = tp.map((one) => 2 * one);
  const noLabel = `There is no label${whose}.`;
  const noBox = `There is no detection${whose} at this threshold.`;
  const all = { denominators: addedUp([twice, fp, fn], blocks.length), numerators: twice };
  return {
    ...{ tp: sumOf(tp), fp: sumOf(fp), fn: sumOf(fn) },
    precision: book.figure(
      `precision${suffix}`,
      { numerators: tp, denominators: addedUp([tp, fp], blocks.length) },
      { of: 'objects', without: noBox },
    ),
    recall: book.figure(
      `recall${suffix}`,
      { numerators: tp, denominators: addedUp([tp, fn], blocks.length) },
      { of: 'objects', without: noLabel },
    ),
    f1: f1Of(book, suffix, all, { labels: sumOf(tp) + sumOf(fn), noLabel }),
  };
}

/** Without labels there is nothing to find, so boxes alone have no F1. */
function f1Of(
  book: RatioBook,
  suffix: string,
  sums: { readonly numerators: readonly number[]; readonly denominators: readonly number[] },
  { labels, noLabel }: { readonly labels: number; readonly noLabel: string },
): OperatingPoint['f1'] {
  if (labels === 0) return { value: null, n: 0, of: 'objects', why: noLabel };
  return book.figure(`f1${suffix}`, sums, { of: 'objects', without: noLabel });
}
