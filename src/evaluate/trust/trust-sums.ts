import { z } from 'zod';
import { IntegerUnpacker, packIntegers } from '../../shared/statistics/packed-integers.ts';
import type { BlockSums } from '../result/block-sums.ts';
import {
  type ObjectRow,
  type ObjectSize,
  type Outcome,
  objectSizes,
} from '../result/object-row.ts';
import { isLookedAt } from './looked-at.ts';

/** Detections of images whose labels nobody knows are in no sum. */
export const judgedOutcomes = ['tp', 'fp', 'fn'] as const satisfies readonly Outcome[];
export type JudgedOutcome = (typeof judgedOutcomes)[number];

/**
 * What is summed over objects, in units of 1 / `unit`, with the count that its mean is taken over. `attainable` is held as attainable + 1, since sums are packed
 * as non-negative numbers.
 */
export const trustMeans = {
  lift: { unit: 1e4, over: 'known', shift: 0 },
  attainable: { unit: 1e6, over: 'attainableKnown', shift: 1 },
  otherImagesLift: { unit: 1e4, over: 'otherImagesKnown', shift: 0 },
  pointed: { unit: 1, over: 'known', shift: 0 },
  relevanceRank: { unit: 1e6, over: 'known', shift: 0 },
  coverage: { unit: 1e4, over: 'coverageKnown', shift: 0 },
} as const;
export type TrustMean = keyof typeof trustMeans;

const sumNames = [
  ...['objects', 'known', 'attainableKnown', 'otherImagesKnown', 'coverageKnown', 'lookedAt'],
  ...Object.keys(trustMeans),
] as const;
type SumName =
  | 'objects'
  | 'known'
  | 'attainableKnown'
  | 'otherImagesKnown'
  | 'coverageKnown'
  | 'lookedAt'
  | TrustMean;
export type TrustTotals = Readonly<Record<SumName, number>>;

/** What is summed of a row of the table of objects. */
export type SummedObject = Pick<ObjectRow, 'outcome' | 'classId' | 'size' | 'trust'>;

export interface TrustKey {
  readonly classId: number;
  readonly size: ObjectSize;
  readonly outcome: JudgedOutcome;
  readonly block: string;
}

export type TrustEntry = TrustKey & { readonly totals: TrustTotals };

/** `columns`: by name one packed list of integers, an entry for each of the same sums. */
export const packedTrustSchema = z.object({
  blocks: z.array(z.string()),
  columns: z.record(z.string(), z.string()),
});
export type PackedTrust = z.infer<typeof packedTrustSchema>;

/** Trust in objects, summed by class, size, outcome and block. */
export class TrustSums implements BlockSums<PackedTrust> {
  readonly #sums = new Map<string, TrustKey & { readonly totals: Record<SumName, number> }>();

  add({ classId, size, outcome, trust = {} }: SummedObject, block: string): void {
    if (outcome === 'unjudged') return;
    const { totals } = this.#at({ classId, size, outcome, block });
    totals.objects += 1;
    totals.known += trust.lift === undefined ? 0 : 1;
    totals.attainableKnown += trust.attainable === undefined ? 0 : 1;
    totals.otherImagesKnown += trust.otherImagesLift === undefined ? 0 : 1;
    totals.coverageKnown += trust.coverage === undefined ? 0 : 1;
    totals.lookedAt += isLookedAt(trust) === true ? 1 : 0;
    for (const [name, { unit, shift }] of Object.entries(trustMeans)) {
      const value = trust[name as TrustMean];
      if (value !== undefined)
        totals[name as TrustMean] += Math.round((Number(value) + shift) * unit);
    }
  }

  /** Every sum, in the order of class, size, outcome and block. */
  entries(): readonly TrustEntry[] {
    return [...this.#sums.values()].sort(inOrder);
  }

  pack(): PackedTrust {
    const entries = this.entries();
    const blocks = [...new Set(entries.map(({ block }) => block))].sort(byText);
    const places = new Map(blocks.map((block, place) => [block, place]));
    const column = (of: (entry: TrustEntry) => number) => packIntegers(entries.map(of));
    return {
      blocks,
      columns: {
        classId: column((one) => one.classId),
        size: column((one) => objectSizes.indexOf(one.size)),
        outcome: column((one) => judgedOutcomes.indexOf(one.outcome)),
        block: column((one) => places.get(one.block) ?? 0),
        ...Object.fromEntries(
          sumNames.map((name) => [name, column(({ totals }) => totals[name as SumName])]),
        ),
      },
    };
  }

  /** Throws what `merge` would throw, and adds nothing. */
  static check({ blocks, columns }: PackedTrust): void {
    const limits = {
      classId: Number.POSITIVE_INFINITY,
      size: objectSizes.length,
      outcome: judgedOutcomes.length,
    };
    const keys = Object.entries({ ...limits, block: blocks.length });
    const count = integersOf(columns.classId ?? '', 'classId').length;
    for (const [name, end] of keys) {
      const values = integersOf(columns[name] ?? '', name);
      if (values.length < count || values.slice(0, count).some((value) => value >= end)) {
        throw damaged('key');
      }
    }
    for (const name of sumNames) {
      if (integersOf(columns[name] ?? '', name).length < count) throw damaged(name);
    }
  }

  merge({ blocks, columns }: PackedTrust): void {
    const read = (name: string) => integersOf(columns[name] ?? '', name);
    const [classIds, sizes, outcomes, places] = ['classId', 'size', 'outcome', 'block'].map(read);
    const sums = sumNames.map((name) => [name as SumName, read(name)] as const);
    for (const [i, classId] of (classIds ?? []).entries()) {
      const size = objectSizes[sizes?.[i] ?? -1];
      const outcome = judgedOutcomes[outcomes?.[i] ?? -1];
      const block = blocks[places?.[i] ?? -1];
      if (size === undefined || outcome === undefined || block === undefined) throw damaged('key');
      const { totals } = this.#at({ classId, size, outcome, block });
      for (const [name, values] of sums) {
        const value = values[i];
        if (value === undefined) throw damaged(name);
        totals[name] += value;
      }
    }
  }

  renameBlocks(nameOf: (block: string) => string): void {
    const before = [...this.#sums.values()];
    this.#sums.clear();
    for (const { totals, ...key } of before) {
      const into = this.#at({ ...key, block: nameOf(key.block) }).totals;
      for (const name of sumNames) into[name as SumName] += totals[name as SumName];
    }
  }

  #at(key: TrustKey) {
    const name = `${key.classId} ${key.size} ${key.outcome} ${key.block}`;
    const known = this.#sums.get(name);
    if (known !== undefined) return known;
    const totals = Object.fromEntries(sumNames.map((sum) => [sum, 0])) as Record<SumName, number>;
    const made = { ...key, totals };
    this.#sums.set(name, made);
    return made;
  }
}

function integersOf(text: string, name: string): number[] {
  const { values, count } = new IntegerUnpacker().unpack(text);
  if (count === 0 && text !== '') throw damaged(name);
  return [...values.subarray(0, count)];
}

function damaged(name: string): RangeError {
  return new RangeError(`The sums of trust in objects are damaged: ${name}.`);
}

function inOrder(a: TrustKey, b: TrustKey): number {
  return (
    a.classId - b.classId ||
    objectSizes.indexOf(a.size) - objectSizes.indexOf(b.size) ||
    judgedOutcomes.indexOf(a.outcome) - judgedOutcomes.indexOf(b.outcome) ||
    byText(a.block, b.block)
  );
}

function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
