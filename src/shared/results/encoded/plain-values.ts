import type { ParquetType } from 'hyparquet';

const widths: Readonly<Partial<Record<ParquetType, number>>> = {
  INT32: 4,
  FLOAT: 4,
  INT64: 8,
  DOUBLE: 8,
};

/**
 * The values of PLAIN bytes, each as its bytes one character each (Latin-1): what is the same text is the same value. Of texts the length comes first, in four bytes.
 *
 * @throws RangeError where the bytes do not hold `count` values
 */
export function plainValues(
  bytes: Uint8Array,
  count: number,
  type: ParquetType | undefined,
): string[] {
  const { buffer, byteOffset, byteLength } = bytes;
  const latin = Buffer.from(buffer, byteOffset, byteLength);
  const width = type === undefined ? undefined : widths[type];
  if (width === undefined && type !== 'BYTE_ARRAY') throw new RangeError(`no values of ${type}`);
  const values: string[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    const end = at + (width ?? 4 + latin.readUInt32LE(at));
    if (end > latin.length) throw new RangeError('the values of a page are cut');
    values.push(latin.toString('latin1', at, end));
    at = end;
  }
  return values;
}
