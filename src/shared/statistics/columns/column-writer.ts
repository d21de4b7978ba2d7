import { concatenated } from '../../concatenated.ts';
import { isCount } from '../packed-integers.ts';
import { columnsVersion, type PoolWidth, poolWidths } from './column-layout.ts';

/**
 * Writes lists of numbers as flat arrays, which `ColumnReader` reads in place: all elements of one width lie in one pool, the lists one behind the other.
 * Little-endian: header, elements of 8, 4 bytes, the length of each list (4 bytes), elements of 2 and 1 bytes, the width of each list (1 byte), text (UTF-8).
 */
export class ColumnWriter {
  readonly #pools: Record<PoolWidth, number[]> = { 8: [], 4: [], 2: [], 1: [] };
  readonly #lengths: number[] = [];
  readonly #widths: number[] = [];
  readonly #text: Buffer[] = [];

  /** A list of non-negative safe integers, as narrow as the largest allows. @throws RangeError on any other value */
  counts(values: readonly number[]): void {
    let largest = 0;
    for (const value of values) {
      if (!isCount(value)) throw new RangeError(`Expected a count, received ${value}.`);
      if (value > largest) largest = value;
    }
    this.#list(values, widthOf(largest));
  }

  /** A list of finite numbers, as doubles. @throws RangeError on any other value */
  numbers(values: readonly number[]): void {
    for (const value of values) {
      if (!Number.isFinite(value)) throw new RangeError(`Expected a number, received ${value}.`);
    }
    this.#list(values, 8);
  }

  /** @returns its bytes */
  text(text: string): number {
    const bytes = Buffer.from(text);
    this.#text.push(bytes);
    return bytes.length;
  }

  finish(): Uint8Array {
    const text = Buffer.concat(this.#text);
    const lists = this.#lengths.length;
    const sizes = poolWidths.map((width) => this.#pools[width].length);
    const header = Uint32Array.of(columnsVersion, lists, ...sizes, text.length, 0);
    const [eight, four, two, one] = poolWidths.map((width) => this.#pools[width]);
    const parts = [
      header,
      Float64Array.from(eight ?? []),
      Uint32Array.from(four ?? []),
      Uint32Array.from(this.#lengths),
      Uint16Array.from(two ?? []),
      Uint8Array.from(one ?? []),
      Uint8Array.from(this.#widths),
      text,
    ];
    return concatenated(
      parts.map(
        ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
      ),
    );
  }

  #list(values: readonly number[], width: PoolWidth): void {
    const pool = this.#pools[width];
    for (const value of values) pool.push(value);
    this.#lengths.push(values.length);
    this.#widths.push(width);
  }
}

function widthOf(largest: number): PoolWidth {
  if (largest < 2 ** 8) return 1;
  if (largest < 2 ** 16) return 2;
  return largest < 2 ** 32 ? 4 : 8;
}
