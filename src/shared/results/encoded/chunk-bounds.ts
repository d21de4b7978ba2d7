import type { SchemaElement } from 'hyparquet';
import type { ThriftStruct } from './compact-thrift.ts';

/** Of a column of texts their bytes. */
type Bound = number | bigint | boolean | Uint8Array;

/** Statistics of a column in a row group. Of texts the first bytes are kept: then the bound is one that none exceeds, and `Exact` is false. */
export interface ChunkBounds {
  /** Absent where every value is null or NaN. */
  readonly min?: Bound | undefined;
  readonly max?: Bound | undefined;
  readonly minExact: boolean;
  readonly maxExact: boolean;
  readonly nulls: number;
  /** `undefined` where nobody counted them. */
  readonly nans: number | undefined;
}

/** @param stored Thrift's `Statistics` */
export function chunkBounds(stored: ThriftStruct, element: SchemaElement): ChunkBounds {
  return {
    min: boundOf(stored.bytes(6), element),
    max: boundOf(stored.bytes(5), element),
    minExact: stored.flag(8) ?? true,
    maxExact: stored.flag(7) ?? true,
    nulls: stored.needed(3),
    nans: stored.number(9),
  };
}

function boundOf(bytes: Uint8Array | undefined, { type }: SchemaElement): Bound | undefined {
  if (bytes === undefined || type === 'BYTE_ARRAY') return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (type === 'DOUBLE') return view.getFloat64(0, true);
  if (type === 'INT32') return view.getInt32(0, true);
  if (type === 'INT64') return view.getBigInt64(0, true);
  if (type === 'BOOLEAN') return view.getUint8(0) === 1;
  if (type === 'FLOAT') return view.getFloat32(0, true);
  throw new RangeError(`no bounds of ${type}`);
}

/** The statistics of several chunks together. */
export function joinedBounds(all: readonly ChunkBounds[]): ChunkBounds {
  let min: ChunkBounds | undefined;
  let max: ChunkBounds | undefined;
  let nulls = 0;
  let nans: number | undefined = 0;
  for (const one of all) {
    if (one.min !== undefined && (min?.min === undefined || isLess(one.min, min.min))) min = one;
    if (one.max !== undefined && (max?.max === undefined || isLess(max.max, one.max))) max = one;
    nulls += one.nulls;
    nans = nans === undefined || one.nans === undefined ? undefined : nans + one.nans;
  }
  return {
    ...{ min: min?.min, max: max?.max, nulls, nans },
    minExact: min?.minExact ?? true,
    maxExact: max?.maxExact ?? true,
  };
}

/** As Parquet orders: bytes as unsigned numbers, false before true. */
function isLess(a: Bound, b: Bound): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) < 0;
  return a < b;
}

/** As hyparquet-writer takes them. */
export function storedBounds({ min, max, minExact, maxExact, nulls, nans }: ChunkBounds) {
  return {
    min_value: min,
    max_value: max,
    null_count: BigInt(nulls),
    // Absent flags say exact, as the writer has it.
    is_min_value_exact: minExact ? undefined : false,
    is_max_value_exact: maxExact ? undefined : false,
    nan_count: nans === undefined ? undefined : BigInt(nans),
  };
}
