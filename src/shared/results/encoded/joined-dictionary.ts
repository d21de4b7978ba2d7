import type { ParquetType } from 'hyparquet';
import type { ByteWriter } from 'hyparquet-writer';
import { type DictionaryPage, dictionaryBytes, writeDictionary } from './encoded-pages.ts';
import { plainValues } from './plain-values.ts';

/** One dictionary for the pages of several. */
export class JoinedDictionary {
  readonly #type: ParquetType | undefined;
  readonly #places = new Map<string, number>();
  #first: DictionaryPage | undefined;

  constructor(type: ParquetType | undefined) {
    this.#type = type;
  }

  /** @returns for each place in the page's dictionary the place in this one; `undefined` where all stay. */
  add(page: DictionaryPage): Uint32Array | undefined {
    this.#first ??= page;
    if (page !== this.#first && Buffer.compare(page.bytes, this.#first.bytes) === 0)
      return undefined;
    const values = plainValues(dictionaryBytes(page), page.values, this.#type);
    const moved = new Uint32Array(values.length);
    let stays = true;
    for (const [before, value] of values.entries()) {
      const place = this.#places.get(value) ?? this.#places.size;
      if (place === this.#places.size) this.#places.set(value, place);
      moved[before] = place;
      stays &&= place === before;
    }
    return stays ? undefined : moved;
  }

  /** @returns the uncompressed bytes of the page, its header included; 0 where no page has a dictionary */
  write(writer: ByteWriter): number {
    if (this.#first === undefined) return 0;
    if (this.#places.size > this.#first.values) {
      const plain = Buffer.from([...this.#places.keys()].join(''), 'latin1');
      return writeDictionary(writer, this.#places.size, plain);
    }
    writer.appendBytes(this.#first.bytes);
    return this.#first.headerBytes + this.#first.uncompressedBytes;
  }
}
