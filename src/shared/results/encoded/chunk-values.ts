import type { ParquetType } from 'hyparquet';
import type { ColumnLeaf } from './column-leaf.ts';
import {
  type DataPage,
  dictionaryBytes,
  dictionaryPlaces,
  type EncodedPages,
  putValueBytes,
  valueBytes,
} from './encoded-pages.ts';
import { listLevels, presence } from './page-levels.ts';

/** A column of a row group whose values are asked for. */
export interface ValueChunk {
  readonly leaf: ColumnLeaf;
  readonly pages: EncodedPages;
}

/** Lists of numbers: those of row i are `values` from `starts[i]` to `starts[i + 1]`. */
export interface NumberLists {
  /** [rows + 1] */
  readonly starts: Int32Array;
  readonly values: Float64Array;
}

const numberTypes: readonly (ParquetType | undefined)[] = ['INT32', 'INT64', 'FLOAT', 'DOUBLE'];

/** Whether the functions below can read a column: numbers or texts in pages of their own or with a dictionary, and lists of numbers. */
export function isReadable({ leaf, pages }: ValueChunk): boolean {
  const { element, maxRepetition, maxDefinition } = leaf;
  const isNumber = numberTypes.includes(element.type);
  const isPlain = maxRepetition === 0 && maxDefinition <= 1;
  if (isPlain ? !isNumber && element.type !== 'BYTE_ARRAY' : maxRepetition !== 1 || !isNumber) {
    return false;
  }
  return pages.data.every(
    ({ encoding }) =>
      encoding === 'PLAIN' || (encoding === 'RLE_DICTIONARY' && pages.dictionary !== undefined),
  );
}

/** Where the levels of a page are laid out, one page after the other. */
const levelRoom = new Uint8Array(4096);

/**
 * Numbers of a column, one a row, NaN where there is none. Integers of 64 bits are exact up to 2^53.
 *
 * @param column where they are put, one for each row; new where it is absent
 * @throws RangeError where pages do not hold a value for each row
 */
export function numbersOf(
  { leaf, pages }: ValueChunk,
  rowCount: number,
  column: Float64Array = new Float64Array(rowCount),
): Float64Array {
  const known = dictionaryNumbers({ leaf, pages });
  let at = 0;
  for (const page of pages.data) {
    checkRoom(at + page.values, rowCount);
    const values = pageNumbers(page, leaf, known);
    if (page.nulls === 0) column.set(values, at);
    else {
      const present = presence(page, levelRoom);
      let next = 0;
      for (let i = 0; i < present.length; i++) {
        const isThere = present[i] === 1 && next < values.length;
        column[at + i] = isThere ? (values[next++] as number) : Number.NaN;
      }
    }
    at += page.values;
  }
  checkRoom(rowCount, at);
  return column;
}

/** Texts of a column, one a row. @throws RangeError where pages do not hold a value for each row */
export function textsOf({ pages }: ValueChunk, rowCount: number): (string | undefined)[] {
  const { dictionary, data } = pages;
  const known = dictionary ? plainTexts(dictionaryBytes(dictionary), dictionary.values) : [];
  const column: (string | undefined)[] = [];
  for (const page of data) {
    const count = page.values - page.nulls;
    const places = page.encoding === 'RLE_DICTIONARY' ? dictionaryPlaces(page) : undefined;
    const own = places === undefined ? plainTexts(valueBytes(page), count) : known;
    const present = page.nulls === 0 ? undefined : presence(page);
    let next = 0;
    for (let i = 0; i < page.values; i++) {
      const isThere = present === undefined || present[i] === 1;
      const place = isThere ? next++ : -1;
      column.push(own[places === undefined ? place : (places[place] ?? -1)]);
    }
  }
  checkRoom(column.length, rowCount);
  checkRoom(rowCount, column.length);
  return column;
}

/** Lists of numbers, one a row; a list that is absent is empty. @throws RangeError where pages do not hold a list for each row */
export function listsOf({ leaf, pages }: ValueChunk, rowCount: number): NumberLists {
  const starts = new Int32Array(rowCount + 1);
  const values = new Float64Array(pages.data.reduce((sum, page) => sum + page.values, 0));
  const known = dictionaryNumbers({ leaf, pages });
  let [row, count] = [-1, 0];
  for (const page of pages.data) {
    const own = pageNumbers(page, leaf, known);
    const { repetition, definition } = listLevels(page, leaf);
    let next = 0;
    for (let i = 0; i < page.values; i++) {
      if (repetition[i] === 0) {
        row += 1;
        checkRoom(row + 1, rowCount);
        starts[row] = count;
      }
      if (definition[i] === leaf.maxDefinition) values[count++] = own[next++] ?? Number.NaN;
    }
  }
  checkRoom(rowCount, row + 1);
  starts[rowCount] = count;
  return { starts, values: values.subarray(0, count) };
}

function checkRoom(needed: number, room: number): void {
  if (needed > room) throw new RangeError('a column of another length');
}

function dictionaryNumbers({ leaf, pages: { dictionary } }: ValueChunk): Float64Array {
  if (dictionary === undefined) return noNumbers;
  return plainNumbers(dictionaryBytes(dictionary), dictionary.values, leaf.element.type);
}

const noNumbers = new Float64Array(0);

/** Without those that are absent; valid until the next call. */
function pageNumbers(page: DataPage, { element }: ColumnLeaf, known: Float64Array): Float64Array {
  if (page.encoding !== 'RLE_DICTIONARY') {
    const count = page.values - page.nulls;
    if (element.type === 'DOUBLE') return plainDoubles(page, count);
    return plainNumbers(valueBytes(page), count, element.type);
  }
  const places = dictionaryPlaces(page);
  const values = new Float64Array(places.length);
  for (let i = 0; i < places.length; i++) values[i] = known[places[i] as number] ?? Number.NaN;
  return values;
}

/** Where the values of a page are laid out, one page after the other: a run has hundreds of thousands. */
let room = new Float64Array(1024);

/** The doubles of a page as PLAIN has them, valid until the next call. */
function plainDoubles(page: DataPage, count: number): Float64Array {
  const length = putValueBytes(page, new Uint8Array(room.buffer));
  if (length > room.byteLength) {
    room = new Float64Array(Math.ceil(length / 8));
    putValueBytes(page, new Uint8Array(room.buffer));
  }
  checkRoom(8 * count, length);
  return room.subarray(0, count);
}

/** Numbers as PLAIN has them, in the order of bytes that all machines with WebAssembly have. */
function plainNumbers(
  bytes: Uint8Array,
  count: number,
  type: ParquetType | undefined,
): Float64Array {
  const width = type === 'INT32' || type === 'FLOAT' ? 4 : 8;
  checkRoom(count * width, bytes.length);
  const isAligned = bytes.byteOffset % width === 0;
  const { buffer, byteOffset } = isAligned ? bytes : bytes.slice();
  if (type === 'DOUBLE') return new Float64Array(buffer, byteOffset, count);
  if (type === 'FLOAT') return Float64Array.from(new Float32Array(buffer, byteOffset, count));
  if (type === 'INT32') return Float64Array.from(new Int32Array(buffer, byteOffset, count));
  const low = new Uint32Array(buffer, byteOffset, 2 * count);
  const high = new Int32Array(buffer, byteOffset, 2 * count);
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    values[i] = (high[2 * i + 1] as number) * 2 ** 32 + (low[2 * i] as number);
  }
  return values;
}

/** Texts as PLAIN has them: in front of each its length in four bytes. */
function plainTexts(bytes: Uint8Array, count: number): string[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values: string[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    checkRoom(at + 4, text.length);
    const start = at + 4;
    at = start + text.readUInt32LE(at);
    checkRoom(at, text.length);
    values.push(text.toString('utf8', start, at));
  }
  return values;
}
