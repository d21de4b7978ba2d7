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
const sumPlaces = Object.fromEntries(sumNames.map((name, i) => [name, i])) as Record<
  SumName,
  number
>;

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

/** Of each sum one number an entry, and the keys of the entries: numbers in columns, because shards of a large run add a thousand entries each. */
interface TrustColumns {
  readonly keys: Readonly<Record<'classId' | 'size' | 'outcome' | 'block', Float64Array>>;
  readonly sums: readonly Float64Array[];
}

/** Trust in objects, summed by class, size, outcome and block. */
export class TrustSums implements BlockSums<PackedTrust> {
  /** Number of a block, in the order in which they came. */
  #blocks = new Map<string, number>();
  /** `keyOf` -> its place in `#totals`, in units of all sums. */
  #places = new Map<number, number>();
  #totals = new Float64Array(64 * sumNames.length);

  add({ classId, size, outcome, trust = {} }: SummedObject, block: string): void {
    if (outcome === 'unjudged') return;
    const [sizeAt, outcomeAt] = [objectSizes.indexOf(size), judgedOutcomes.indexOf(outcome)];
    const at = this.#at(keyOf(classId, sizeAt, outcomeAt, this.#numberOf(block)));
    const add = (name: SumName, value: number) => {
      this.#totals[at + sumPlaces[name]]! += value;
    };
    add('objects', 1);
    add('known', trust.lift === undefined ? 0 : 1);
    add('attainableKnown', trust.attainable === undefined ? 0 : 1);
    add('otherImagesKnown', trust.otherImagesLift === undefined ? 0 : 1);
    add('coverageKnown', trust.coverage === undefined ? 0 : 1);
    add('lookedAt', isLookedAt(trust) === true ? 1 : 0);
    for (const [name, { unit, shift }] of Object.entries(trustMeans)) {
      const value = trust[name as TrustMean];
      if (value !== undefined) add(name as TrustMean, Math.round((Number(value) + shift) * unit));
    }
  }

  /** Every sum, in the order of class, size, outcome and block. */
  entries(): readonly TrustEntry[] {
    const names = [...this.#blocks.keys()];
    const entries = [...this.#places].map(([key, at]): TrustEntry => {
      const [ofBlock, block] = [Math.floor(key / mostNumbers), key % mostNumbers];
      const [ofSize, outcome] = [Math.floor(ofBlock / outcomes), ofBlock % outcomes];
      const totals = Object.fromEntries(
        sumNames.map((name, i) => [name, this.#totals[at * sumNames.length + i]!]),
      );
      return {
        classId: Math.floor(ofSize / sizes),
        size: objectSizes[ofSize % sizes]!,
        outcome: judgedOutcomes[outcome]!,
        block: names[block]!,
        totals: totals as Record<SumName, number>,
      };
    });
    return entries.sort(inOrder);
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
  static check(packed: PackedTrust): void {
    columnsOf(packed);
  }

  merge(packed: PackedTrust): void {
    const { keys, sums } = columnsOf(packed);
    const numbers = packed.blocks.map((block) => this.#numberOf(block));
    for (const [i, classId] of keys.classId.entries()) {
      const block = numbers[keys.block[i]!]!;
      const at = this.#at(keyOf(classId, keys.size[i]!, keys.outcome[i]!, block));
      for (let sum = 0; sum < sums.length; sum++) this.#totals[at + sum]! += sums[sum]![i]!;
    }
  }

  renameBlocks(nameOf: (block: string) => string): void {
    const [names, places, totals] = [[...this.#blocks.keys()], this.#places, this.#totals];
    this.#blocks = new Map();
    this.#places = new Map();
    this.#totals = new Float64Array(totals.length);
    for (const [key, from] of places) {
      const [ofBlock, block] = [Math.floor(key / mostNumbers), key % mostNumbers];
      const at = this.#at(ofBlock * mostNumbers + this.#numberOf(nameOf(names[block]!)));
      for (let sum = 0; sum < sumNames.length; sum++) {
        this.#totals[at + sum]! += totals[from * sumNames.length + sum]!;
      }
    }
  }

  #numberOf(block: string): number {
    const number = this.#blocks.get(block) ?? this.#blocks.size;
    if (number >= mostNumbers) throw new RangeError(`more than ${mostNumbers} blocks`);
    this.#blocks.set(block, number);
    return number;
  }

  /** Where the sums of a key begin. */
  #at(key: number): number {
    const known = this.#places.get(key);
    if (known !== undefined) return known * sumNames.length;
    const place = this.#places.size;
    this.#places.set(key, place);
    if ((place + 1) * sumNames.length > this.#totals.length) {
      const grown = new Float64Array(2 * this.#totals.length);
      grown.set(this.#totals);
      this.#totals = grown;
    }
    return place * sumNames.length;
  }
}

/** Blocks have numbers below it: more than `mostBlocks`, since a part may name all of its groups before they share blocks. */
const mostNumbers = 2 ** 16;
const [sizes, outcomes] = [objectSizes.length, judgedOutcomes.length];

function keyOf(classId: number, size: number, outcome: number, block: number): number {
  return ((classId * sizes + size) * outcomes + outcome) * mostNumbers + block;
}

/** Throws a RangeError for what nobody packed. A part is checked first and merged then. */
function columnsOf(packed: PackedTrust): TrustColumns {
  const before = unpacked.get(packed);
  if (before !== undefined) return before;
  const { blocks, columns } = packed;
  const classId = integersOf(columns.classId ?? '', 'classId');
  const read = (name: string, end = Number.POSITIVE_INFINITY) => {
    const values = integersOf(columns[name] ?? '', name).subarray(0, classId.length);
    if (values.length < classId.length) throw damaged(name);
    if (values.some((value) => value >= end)) throw damaged('key');
    return values;
  };
  const keys = {
    ...{ classId, size: read('size', sizes), outcome: read('outcome', outcomes) },
    block: read('block', blocks.length),
  };
  const made = { keys, sums: sumNames.map((name) => read(name)) };
  unpacked.set(packed, made);
  return made;
}

const unpacked = new WeakMap<PackedTrust, TrustColumns>();

function integersOf(text: string, name: string): Float64Array {
  const { values, count } = unpacker.unpack(text);
  if (count === 0 && text !== '') throw damaged(name);
  return values.slice(0, count);
}

const unpacker = new IntegerUnpacker();

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
