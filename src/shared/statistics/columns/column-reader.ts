import { isCount } from '../packed-integers.ts';
import {
  columnsVersion,
  headerBytes,
  type Pool,
  type PoolList,
  type PoolWidth,
} from './column-layout.ts';

/** Reads what `ColumnWriter` wrote, list by list in the same order, in place. Throws RangeError on everything else. */
export class ColumnReader {
  readonly #pools: Readonly<Record<PoolWidth, Pool>>;
  readonly #used: Record<PoolWidth, number> = { 8: 0, 4: 0, 2: 0, 1: 0 };
  readonly #lengths: Uint32Array;
  readonly #widths: Uint8Array;
  /** UTF-8. */
  readonly text: Buffer;
  #next = 0;

  constructor(bytes: Uint8Array) {
    const { buffer, byteOffset, byteLength } = aligned(bytes);
    if (byteLength < headerBytes) throw new RangeError('the columns are cut');
    const [version, ...sizes] = new Uint32Array(buffer, byteOffset, headerBytes / 4);
    const [lists = 0, eights = 0, fours = 0, twos = 0, ones = 0, text = 0] = sizes;
    if (version !== columnsVersion) throw new RangeError(`columns of version ${version}`);
    const size = headerBytes + 8 * eights + 4 * (fours + lists) + 2 * twos + ones + lists + text;
    if (size !== byteLength) throw new RangeError('columns of another size');
    let at = byteOffset + headerBytes;
    const take = (length: number): number => {
      at += length;
      return at - length;
    };
    const eight = new Float64Array(buffer, take(8 * eights), eights);
    const four = new Uint32Array(buffer, take(4 * fours), fours);
    this.#lengths = new Uint32Array(buffer, take(4 * lists), lists);
    const two = new Uint16Array(buffer, take(2 * twos), twos);
    this.#pools = { 8: eight, 4: four, 2: two, 1: new Uint8Array(buffer, take(ones), ones) };
    this.#widths = new Uint8Array(buffer, take(lists), lists);
    this.text = Buffer.from(buffer, at, text);
  }

  /** The next list, of `length` non-negative safe integers; of any number where it is absent. */
  counts(length?: number): PoolList {
    const list = this.#list(length);
    if (list.values instanceof Float64Array) {
      for (let i = list.start; i < list.end; i++) {
        const value = list.values[i];
        if (!isCount(value)) throw new RangeError(`${value} is not a count`);
      }
    }
    return list;
  }

  /** The next list, of `length` finite numbers. */
  numbers(length: number): PoolList {
    const list = this.#list(length);
    for (let i = list.start; i < list.end; i++) {
      const value = list.values[i];
      if (!Number.isFinite(value)) throw new RangeError(`${value} is not a number`);
    }
    return list;
  }

  /** Throws RangeError where a list was not read. */
  end(): void {
    const left = this.#lengths.length - this.#next;
    if (left > 0) throw new RangeError(`${left} lists too many`);
  }

  #list(length: number | undefined): PoolList {
    const own = this.#lengths[this.#next];
    const width = this.#widths[this.#next] as PoolWidth;
    const values: Pool | undefined = this.#pools[width];
    if (own === undefined || values === undefined) throw new RangeError('a list is missing');
    if (length !== undefined && own !== length) {
      throw new RangeError(`a list has ${own} elements, not ${length}`);
    }
    this.#next += 1;
    const start = this.#used[width];
    const end = start + own;
    if (end > values.length) throw new RangeError('a list is cut');
    this.#used[width] = end;
    return { values, start, end };
  }
}

/** Typed arrays begin at multiples of their width: bytes that lie elsewhere are moved. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : Uint8Array.from(bytes);
}
