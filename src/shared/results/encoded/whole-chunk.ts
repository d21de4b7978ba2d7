import type { ParquetType } from 'hyparquet';
import {
  type DataPage,
  dictionaryBytes,
  dictionaryPlaces,
  flags,
  valueBytes,
} from './encoded-pages.ts';
import type { EncodedChunk } from './encoded-table.ts';
import { presence } from './page-levels.ts';

/**
 * Whether each page of a column of numbers, texts or yes and no holds as many values as it says, none of them outside of its dictionary, and, of a column that nothing may be
 * absent from, one for each row. Makes no value: a third of what decoding takes.
 *
 * @throws RangeError or what hyparquet throws, where bytes are no such page
 */
export function isWholeChunk({ leaf, pages, values }: EncodedChunk, rowCount: number): boolean {
  const { element, maxRepetition, maxDefinition } = leaf;
  if (maxRepetition > 0 || maxDefinition > 1 || values !== rowCount) return false;
  const { dictionary, data } = pages;
  if (dictionary && !holds(dictionaryBytes(dictionary), dictionary.values, element.type)) {
    return false;
  }
  return data.every((page) => {
    if (!isPresent(page, maxDefinition)) return false;
    const count = page.values - page.nulls;
    if (page.encoding === 'PLAIN') return holds(valueBytes(page), count, element.type);
    if (page.encoding === 'RLE') return element.type === 'BOOLEAN' && flags(page).length === count;
    if (dictionary === undefined) return false;
    return dictionaryPlaces(page).every((place) => place < dictionary.values);
  });
}

/** Whether as many values are there as the page's header says. */
function isPresent(page: DataPage, maxDefinition: number): boolean {
  if (maxDefinition === 0) return page.nulls === 0;
  let there = 0;
  for (const level of presence(page)) there += level;
  return there === page.values - page.nulls;
}

const widths: Readonly<Partial<Record<ParquetType, number>>> = {
  ...{ INT32: 4, FLOAT: 4, INT64: 8, DOUBLE: 8 },
};

/** Whether there are so many values, as PLAIN has them. */
function holds(bytes: Uint8Array, count: number, type: ParquetType | undefined): boolean {
  if (type === 'BOOLEAN') return bytes.length >= Math.ceil(count / 8);
  const width = type && widths[type];
  if (width !== undefined) return bytes.length >= width * count;
  if (type !== 'BYTE_ARRAY') return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 4 > bytes.length) return false;
    at += 4 + view.getUint32(at, true);
  }
  return at <= bytes.length;
}
