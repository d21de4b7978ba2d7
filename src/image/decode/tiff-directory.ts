/** One field of a directory: `count` values of `width` bytes each from `start` on, which may lie beyond the file. */
export interface TiffField {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly width: number;
  readonly start: number;
}

/** The first directory of a TIFF: what every reader shows of a file with several pages. */
export interface TiffDirectory {
  readonly little: boolean;
  readonly fields: readonly TiffField[];
}

/** Bytes a value, by type (TIFF 6.0, section 2, and BigTIFF). */
const widths: Readonly<Record<number, number>> = {
  ...{ 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4 },
  ...{ 16: 8, 17: 8, 18: 8 },
};

/** Unsigned types of 16, 32 or 64 bits: offsets, sizes and kinds use them. */
const wholeTypes: readonly number[] = [3, 4, 16];

/**
 * Reads where the values of the first directory are, in classic TIFF and BigTIFF of either byte order. Fields of an unknown type are left out.
 * `undefined` when the directory does not lie within the file.
 */
export function tiffDirectory(file: DataView): TiffDirectory | undefined {
  if (file.byteLength < 16) return undefined;
  const little = file.getUint8(0) === 0x49;
  const big = file.getUint16(2, little) === 43;
  const offset = (at: number) =>
    big ? Number(file.getBigUint64(at, little)) : file.getUint32(at, little);
  const [countBytes, entryBytes, offsetBytes] = big ? [8, 20, 8] : [2, 12, 4];
  const directory = offset(big ? 8 : 4);
  if (directory + countBytes > file.byteLength) return undefined;
  const entries = big ? offset(directory) : file.getUint16(directory, little);
  if (directory + countBytes + entries * entryBytes > file.byteLength) return undefined;
  const fields: TiffField[] = [];
  for (let i = 0; i < entries; i++) {
    const at = directory + countBytes + i * entryBytes;
    const type = file.getUint16(at + 2, little);
    const width = widths[type];
    if (width === undefined) continue;
    const count = offset(at + 4);
    const values = at + 4 + offsetBytes;
    const start = count * width <= offsetBytes ? values : offset(values);
    fields.push({ tag: file.getUint16(at, little), type, count, width, start });
  }
  return { little, fields };
}

/** Whether all values of a field lie within the file. */
export function lies(field: TiffField, file: DataView): boolean {
  return field.start + field.count * field.width <= file.byteLength;
}

/** The values of a field of whole numbers, at most `limit` of them; none when it is of another type or not within the file. */
export function wholeNumbers(
  file: DataView,
  { little, fields }: TiffDirectory,
  tag: number,
  limit = Number.POSITIVE_INFINITY,
): readonly number[] {
  const field = fields.find((candidate) => candidate.tag === tag);
  if (!field || !wholeTypes.includes(field.type) || !lies(field, file)) return [];
  return Array.from({ length: Math.min(field.count, limit) }, (_, i) => {
    const at = field.start + i * field.width;
    if (field.width === 2) return file.getUint16(at, little);
    return field.width === 4 ? file.getUint32(at, little) : Number(file.getBigUint64(at, little));
  });
}
