import { crc32 } from 'node:zlib';
import { storeStatistics } from '../../statistics/columns/store-statistics.ts';
import { unpackStatistics } from '../../statistics/packed/unpack-statistics.ts';
import { earlierMarkerSchema, markerHeadSchema, type ShardMarker } from './shard-marker.ts';

/**
 * A marker as it is stored: JSON, whose last text is the statistics' columns in base64. So every reader of JSON reads it, it is one object and one request, and a merge parses only the
 * beginning: the columns are decoded and read in place.
 */
export function encodeMarker({ statistics, ...facts }: ShardMarker): Uint8Array {
  const { columns, ...counts } = statistics;
  const stored = {
    ...counts,
    bytes: columns.length,
    crc32: crc32(columns),
    columns: bufferOf(columns).toString('base64'),
  };
  const marker = { schema: 'done@4', ...facts, statistics: stored };
  return new TextEncoder().encode(JSON.stringify(marker));
}

export type DecodedMarker =
  | { readonly status: 'read'; readonly marker: ShardMarker }
  /** Of another schema than this version reads, such as `done@1`. */
  | { readonly status: 'other-version'; readonly schema: string }
  | { readonly status: 'damaged' };

/** Reads what `encodeMarker` or anything else that writes JSON made of a marker, also of the schema before. */
export function decodeMarker(bytes: Uint8Array): DecodedMarker {
  const split = splitMarker(bufferOf(bytes));
  if (split === undefined) return { status: 'damaged' };
  const { head, columns } = split;
  const schema = schemaOf(head);
  if (schema === 'done@3') return earlierMarker(head);
  if (schema !== 'done@4') {
    return schema === undefined ? { status: 'damaged' } : { status: 'other-version', schema };
  }
  const { data } = markerHeadSchema.safeParse(head);
  const own = data && columnsOf(columns, data.statistics);
  if (data === undefined || own === undefined) return { status: 'damaged' };
  const { schema: _, statistics, ...facts } = data;
  const { bytes: __, crc32: ___, ...counts } = statistics;
  return { status: 'read', marker: { ...facts, statistics: { ...counts, columns: own } } };
}

interface SplitMarker {
  readonly head: unknown;
  /** Base64, not decoded. */
  readonly columns: Buffer | undefined;
}

const beforeColumns = ',"columns":"';
const afterColumns = '"}}';
/** Text of 150 kB would be a large object in V8, whose pages are made for it and given back: decoding took three times as long. A multiple of 4. */
const charactersAtOnce = 16_384;

/** `undefined` for what is not JSON. */
function splitMarker(bytes: Buffer): SplitMarker | undefined {
  const at = bytes.indexOf(beforeColumns);
  const end = bytes.length - afterColumns.length;
  if (at >= 0 && bytes.toString('latin1', end) === afterColumns) {
    const head = parsed(`${bytes.toString('utf8', 0, at)}}}`);
    if (head !== undefined) {
      return { head, columns: bytes.subarray(at + beforeColumns.length, end) };
    }
  }
  const head = parsed(bytes.toString());
  const { columns } = Object(Object(head).statistics);
  if (head === undefined) return undefined;
  return { head, columns: typeof columns === 'string' ? Buffer.from(columns) : undefined };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function schemaOf(head: unknown): string | undefined {
  const { schema } = Object(head);
  return typeof schema === 'string' && /^done@\d+$/.test(schema) ? schema : undefined;
}

/** `undefined` unless they are as the head says. */
function columnsOf(
  base64: Buffer | undefined,
  { bytes, crc32: checksum }: { readonly bytes: number; readonly crc32: number },
): Uint8Array | undefined {
  if (base64?.length !== 4 * Math.ceil(bytes / 3)) return undefined;
  // Memory of its own begins where every typed array may.
  const columns = Buffer.allocUnsafeSlow(bytes);
  let decoded = 0;
  for (let at = 0; at < base64.length; at += charactersAtOnce) {
    const text = base64.toString('latin1', at, at + charactersAtOnce);
    decoded += columns.write(text, decoded, 'base64');
  }
  return decoded === bytes && crc32(columns) === checksum ? columns : undefined;
}

function earlierMarker(head: unknown): DecodedMarker {
  const { data } = earlierMarkerSchema.safeParse(head);
  if (data === undefined) return { status: 'damaged' };
  const { schema: _, statistics, ...facts } = data;
  try {
    const stored = storeStatistics(unpackStatistics(statistics));
    return { status: 'read', marker: { ...facts, statistics: stored } };
  } catch (error) {
    if (error instanceof RangeError) return { status: 'damaged' };
    throw error;
  }
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
