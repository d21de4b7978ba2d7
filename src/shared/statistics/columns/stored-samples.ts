import type { Exemplar } from '../shard-statistics.ts';
import type { PoolList } from './column-layout.ts';
import type { ColumnReader } from './column-reader.ts';

/** The images that are exemplars. A key becomes text when it is asked for: of most shards none enters a ranking. */
export class StoredSamples {
  readonly #text: Buffer;
  readonly #ends: PoolList;
  readonly #shards: PoolList;
  readonly #rows: PoolList;

  /** Reads three lists. */
  constructor(reader: ColumnReader) {
    this.#text = reader.text;
    this.#ends = reader.counts();
    const { length } = this;
    this.#shards = reader.counts(length);
    this.#rows = reader.counts(length);
  }

  get length(): number {
    return this.#ends.end - this.#ends.start;
  }

  /** @throws RangeError when there are not so many, or the text does not hold the key */
  at(place: number): Omit<Exemplar, 'value'> {
    const { values, start } = this.#ends;
    if (place >= this.length) throw new RangeError(`no image ${place} of ${this.length}`);
    const from = place === 0 ? 0 : (values[start + place - 1] as number);
    const to = values[start + place] as number;
    if (from > to || to > this.#text.length) throw new RangeError('a key is cut');
    return {
      key: this.#text.toString('utf8', from, to),
      shard: this.#shards.values[this.#shards.start + place] as number,
      row: this.#rows.values[this.#rows.start + place] as number,
    };
  }
}
