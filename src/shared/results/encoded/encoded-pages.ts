import type { PageHeader } from 'hyparquet';
import { ByteWriter } from 'hyparquet-writer';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import { writeRleBitPackedHybrid } from 'hyparquet-writer/src/encoding.js';
import { snappyCompress } from 'hyparquet-writer/src/snappy.js';
import { ThriftReader, type ThriftStruct } from './compact-thrift.ts';
import { readRuns } from './runs.ts';
import { readSnappyBlock } from './snappy-block.ts';

/** Encodings that are copied, by their number in Parquet. */
const encodings = { 0: 'PLAIN', 3: 'RLE', 8: 'RLE_DICTIONARY' } as const;
export type PageEncoding = (typeof encodings)[keyof typeof encodings];

/** A data page V2: its levels are never compressed. */
export interface DataPage {
  /** All of it, header first. */
  readonly bytes: Uint8Array;
  readonly headerBytes: number;
  readonly repetitionBytes: number;
  readonly definitionBytes: number;
  /** Of levels and values, uncompressed. */
  readonly uncompressedBytes: number;
  readonly encoding: PageEncoding;
  /** Nulls included. */
  readonly values: number;
  readonly nulls: number;
  readonly rows: number;
  readonly isCompressed: boolean;
}

export interface DictionaryPage {
  readonly bytes: Uint8Array;
  readonly headerBytes: number;
  readonly uncompressedBytes: number;
  readonly values: number;
}

const pageTypes = { dictionary: 2, dataV2: 3 };

export interface EncodedPages {
  readonly dictionary: DictionaryPage | undefined;
  readonly data: readonly DataPage[];
}

/** The pages of a column chunk. @throws RangeError for pages of other kinds, and where they do not fill the bytes */
export function encodedPages(bytes: Uint8Array): EncodedPages {
  let dictionary: DictionaryPage | undefined;
  const data: DataPage[] = [];
  for (let start = 0; start < bytes.length; ) {
    const reader = new ThriftReader(bytes, start);
    const header = reader.struct();
    const end = reader.offset + header.needed(3);
    if (end > bytes.length) throw new RangeError('a page is cut');
    const page = {
      bytes: bytes.subarray(start, end),
      headerBytes: reader.offset - start,
      uncompressedBytes: header.needed(2),
    };
    const type = header.needed(1);
    const [v2, ofDictionary] = [header.struct(8), header.struct(7)];
    if (type === pageTypes.dataV2 && v2 !== undefined) data.push(dataPage(page, v2));
    else if (type === pageTypes.dictionary && start === 0 && ofDictionary !== undefined) {
      dictionary = { ...page, values: ofDictionary.needed(1) };
    } else throw new RangeError('a page of another kind');
    start = end;
  }
  return { dictionary, data };
}

function dataPage(
  { bytes, headerBytes, uncompressedBytes }: Omit<DictionaryPage, 'values'>,
  v2: ThriftStruct,
): DataPage {
  return {
    bytes,
    headerBytes,
    uncompressedBytes,
    values: v2.needed(1),
    nulls: v2.needed(2),
    rows: v2.needed(3),
    encoding: encodingOf(v2.needed(4)),
    definitionBytes: v2.needed(5),
    repetitionBytes: v2.needed(6),
    isCompressed: v2.flag(7) ?? true,
  };
}

function encodingOf(number: number): PageEncoding {
  const name = (encodings as Readonly<Record<number, PageEncoding | undefined>>)[number];
  if (name === undefined) throw new RangeError(`a page of encoding ${number}`);
  return name;
}

/** The values of a dictionary, as PLAIN has them. */
export function dictionaryBytes(page: DictionaryPage): Uint8Array {
  return uncompressed(page.bytes.subarray(page.headerBytes), page.uncompressedBytes);
}

/** The values of a page without its levels, as its encoding has them. */
export function valueBytes(page: DataPage): Uint8Array {
  const { stored, length } = storedValues(page);
  return page.isCompressed ? uncompressed(stored, length) : stored;
}

/** Puts the same into `room` where they fit. @returns how many bytes they are */
export function putValueBytes(page: DataPage, room: Uint8Array): number {
  const { stored, length } = storedValues(page);
  if (length > room.length) return length;
  if (page.isCompressed) readBlock(stored, room.subarray(0, length));
  else room.set(stored);
  return length;
}

function storedValues(page: DataPage): { readonly stored: Uint8Array; readonly length: number } {
  const levels = page.repetitionBytes + page.definitionBytes;
  const stored = page.bytes.subarray(page.headerBytes + levels);
  return { stored, length: page.isCompressed ? page.uncompressedBytes - levels : stored.length };
}

function uncompressed(bytes: Uint8Array, length: number): Uint8Array {
  const output = new Uint8Array(length);
  readBlock(bytes, output);
  return output;
}

function readBlock(bytes: Uint8Array, output: Uint8Array): void {
  // Where a page has no values, a block may be absent.
  if (output.length > 0) readSnappyBlock(bytes, output);
}

/** Places in the dictionary, of the values that are there. */
export function dictionaryPlaces(page: DataPage): Uint32Array {
  const places = new Uint32Array(page.values - page.nulls);
  const bytes = valueBytes(page);
  const [width = 0] = bytes;
  if (places.length > 0 && width > 0) readRuns(bytes.subarray(1), width, places);
  return places;
}

/** The values of a page of encoding RLE, which is one of yes and no: 1 and 0. Four bytes in front say how long the runs are. */
export function flags(page: DataPage): Uint8Array {
  const values = new Uint8Array(page.values - page.nulls);
  if (values.length > 0) readRuns(valueBytes(page).subarray(4), 1, values);
  return values;
}

/** The page with other places in another dictionary. */
export function writeRenumbered(writer: ByteWriter, page: DataPage, places: Uint32Array): number {
  const values = new ByteWriter();
  const width = Math.ceil(Math.log2(places.reduce((a, b) => Math.max(a, b), 0) + 1));
  values.appendUint8(width);
  writeRleBitPackedHybrid(values, places, width);
  const levels = page.repetitionBytes + page.definitionBytes;
  const compressed = snappyCompress(values.getBytes());
  const header: PageHeader = {
    type: 'DATA_PAGE_V2',
    uncompressed_page_size: levels + values.offset,
    compressed_page_size: levels + compressed.length,
    data_page_header_v2: {
      num_values: page.values,
      num_nulls: page.nulls,
      num_rows: page.rows,
      encoding: 'RLE_DICTIONARY',
      definition_levels_byte_length: page.definitionBytes,
      repetition_levels_byte_length: page.repetitionBytes,
      is_compressed: true,
    },
  };
  const start = writer.offset;
  writePageHeader(writer, header);
  const headerBytes = writer.offset - start;
  writer.appendBytes(page.bytes.subarray(page.headerBytes, page.headerBytes + levels));
  writer.appendBytes(compressed);
  return headerBytes + levels + values.offset;
}

/** A dictionary page of values as PLAIN has them. */
export function writeDictionary(writer: ByteWriter, values: number, plain: Uint8Array): number {
  const compressed = snappyCompress(plain);
  const start = writer.offset;
  writePageHeader(writer, {
    type: 'DICTIONARY_PAGE',
    uncompressed_page_size: plain.length,
    compressed_page_size: compressed.length,
    dictionary_page_header: { num_values: values, encoding: 'PLAIN' },
  });
  const headerBytes = writer.offset - start;
  writer.appendBytes(compressed);
  return headerBytes + plain.length;
}
