import type { Pool } from './columns/column-layout.ts';
import type { StoredSamples } from './columns/stored-samples.ts';
import { nameDigest } from './name-digest.ts';
import type { Exemplar } from './shard-statistics.ts';

export type RankingOrder = 'lowest' | 'highest';

/** Those of all rankings, one after the other. */
export interface StoredExemplars {
  readonly values: Pool;
  readonly places: Pool;
  readonly samples: Pick<StoredSamples, 'at'>;
}

/**
 * The `capacity` first exemplars of a total order: by value, then key, shard and row. Because the order is total, what is kept does
 * not depend on the order of arrival.
 */
export class Ranking {
  readonly #capacity: number;
  readonly #sign: number;
  readonly #kept: Exemplar[] = [];

  constructor(order: RankingOrder, capacity: number) {
    this.#sign = order === 'lowest' ? 1 : -1;
    this.#capacity = capacity;
  }

  /** Keeps the exemplar if it is among the first; ignores values that are not finite. */
  add(exemplar: Exemplar): void {
    if (!Number.isFinite(exemplar.value)) return;
    const last = this.#kept.at(-1);
    const full = this.#kept.length === this.#capacity;
    if (full && (last === undefined || this.#compare(exemplar, last) >= 0)) return;
    let index = this.#kept.length;
    while (index > 0 && this.#compare(exemplar, this.#kept[index - 1] as Exemplar) < 0) index -= 1;
    const { value, key, shard, row } = exemplar;
    this.#kept.splice(index, 0, { value: value + 0, key, shard, row });
    if (full) this.#kept.pop();
  }

  /** Adds `count` exemplars, from `at` of all of them: their values, and which of the samples each one is. */
  merge({ values, places, samples }: StoredExemplars, at: number, count: number): void {
    for (let i = at; i < at + count; i++) {
      const value = values[i] as number;
      // Most are: then no key is read.
      if (!this.#isTooFar(value)) this.add({ value, ...samples.at(places[i] as number) });
    }
  }

  build(): Exemplar[] {
    return [...this.#kept];
  }

  /** By its value alone; ties are for `add`. */
  #isTooFar(value: number): boolean {
    const last = this.#kept[this.#capacity - 1];
    return last !== undefined && this.#sign * (value - last.value) > 0;
  }

  #compare(a: Exemplar, b: Exemplar): number {
    return (
      this.#sign * (a.value - b.value) ||
      compareText(a.key, b.key) ||
      a.shard - b.shard ||
      a.row - b.row
    );
  }
}

/** By UTF-16 code units, not by locale: the same on every machine. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The first 53 bits of the SHA-256 of a key: a number in [0, 2^53) that has nothing to do with the order of the keys. */
export function keyHash(key: string, digest: string = nameDigest(key)): number {
  return hexNumber(digest, 0) * 2 ** 21 + (hexNumber(digest, 8) >>> 11);
}

/** The number of eight hexadecimal digits, in a quarter of the time that parsing a part of the text takes. */
function hexNumber(digits: string, from: number): number {
  let value = 0;
  for (let i = from; i < from + 8; i++) {
    const code = digits.charCodeAt(i);
    value = value * 16 + (code < 58 ? code - 48 : code - 87);
  }
  return value;
}
