import { fromFloat16, toFloat16 } from './float16.ts';

/**
 * NumPy's array file, version 1.0, C order, little-endian: `\x93NUMPY`, version, header length, a Python dict as text, the values.
 * Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] as const;
const textOffset = 10;
/** The values of every file we write start here (unless a shape has absurdly many digits), a multiple of 64 as NumPy asks. */
const usualDataOffset = 128;

const itemBytesOf = { '<f2': 2, '<f4': 4 } as const;

/** Arrays that are written and read with their exact values. */
type ExactArray = Float32Array | Int32Array | Uint8Array;

export interface NpyHeader {
  readonly dtype: keyof typeof itemBytesOf;
  readonly shape: readonly number[];
  /** Bytes before the first value. */
  readonly dataOffset: number;
}

export interface NpyArray {
  readonly shape: readonly number[];
  /** C order: the last axis runs fastest. */
  readonly values: Float32Array;
}

/** How many bytes from the start of a file hold its whole header, for `parseNpyHeader` on a range. */
export const npyHeaderRangeBytes = usualDataOffset;

/**
 * A float16 array file. `values` in C order, as many as the shape says. Finite magnitudes must stay below 65,520, or they become
 * infinity: maps are divided by their largest magnitude first. Throws `RangeError` when the count differs.
 */
export function encodeNpyFloat16(shape: readonly number[], values: Float32Array): Uint8Array {
  const count = shape.reduce((product, length) => product * length, 1);
  if (values.length !== count) {
    throw new RangeError(
      `Expected ${count} values for shape [${shape}], received ${values.length}`,
    );
  }
  const header = npyHeader('<f2', shape);
  const halves = toFloat16(values);
  const bytes = new Uint8Array(header.length + halves.byteLength);
  bytes.set(header);
  bytes.set(new Uint8Array(halves.buffer), header.length);
  return bytes;
}

/** An array file of float32, int32 or bytes, in C order. Throws `RangeError` when their count is not that of the shape. */
export function encodeNpy(shape: readonly number[], values: ExactArray): Uint8Array {
  const count = shape.reduce((product, length) => product * length, 1);
  if (values.length !== count) {
    throw new RangeError(
      `Expected ${count} values for shape [${shape}], received ${values.length}`,
    );
  }
  const header = npyHeader(descriptorOf(values), shape);
  const bytes = new Uint8Array(header.length + values.byteLength);
  bytes.set(header);
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), header.length);
  return bytes;
}

function descriptorOf(values: ExactArray): '<f4' | '<i4' | '|u1' {
  if (values instanceof Float32Array) return '<f4';
  return values instanceof Int32Array ? '<i4' : '|u1';
}

/**
 * The values of a whole file of `encodeNpy`. Throws `RangeError` unless it is of this type and shape and ends with its last value.
 *
 * @param make of the type that is expected, from bytes of its own
 */
export function decodeNpyExactly<Values extends ExactArray>(
  bytes: Uint8Array,
  shape: readonly number[],
  make: (values: ArrayBuffer) => Values,
): Values {
  const { text, dataOffset } = headerText(bytes);
  const values = make(Uint8Array.from(bytes.subarray(dataOffset)).buffer);
  const count = shape.reduce((product, length) => product * length, 1);
  const expected = new TextDecoder()
    .decode(npyHeader(descriptorOf(values), shape).subarray(textOffset))
    .trim();
  if (text.trim() !== expected || values.length !== count) {
    throw new RangeError(`Expected ${expected}, received ${text.trim().slice(0, 200)}`);
  }
  return values;
}

/** A whole float16 or float32 file. Throws `RangeError` for anything else, and for a file that is cut short. */
export function decodeNpy(bytes: Uint8Array): NpyArray {
  const header = parseNpyHeader(bytes);
  const count = header.shape.reduce((product, length) => product * length, 1);
  const end = header.dataOffset + count * itemBytesOf[header.dtype];
  if (bytes.length < end) {
    throw new RangeError(
      `The .npy file is cut short: expected ${end} bytes, received ${bytes.length}`,
    );
  }
  return {
    shape: header.shape,
    values: decodeNpyValues(header, bytes.subarray(header.dataOffset, end)),
  };
}

/** The header alone, from the first `npyHeaderRangeBytes` of a file (or more). */
export function parseNpyHeader(bytes: Uint8Array): NpyHeader {
  const { text, dataOffset } = headerText(bytes);
  const dtype = /'descr':\s*'(<f[24])'/.exec(text)?.[1];
  const axes = /'shape':\s*\(([\d,\s]*)\)/.exec(text)?.[1];
  const isFloat = dtype === '<f2' || dtype === '<f4';
  if (!isFloat || axes === undefined || !/'fortran_order':\s*False/.test(text)) {
    throw new RangeError(
      `Expected a float16 or float32 array in C order, received ${text.trim().slice(0, 200)}`,
    );
  }
  const shape = axes.split(',').flatMap((axis) => (axis.trim() === '' ? [] : [Number(axis)]));
  if (!shape.every(Number.isSafeInteger)) {
    throw new RangeError(`Expected a shape of counts, received (${axes})`);
  }
  return { dtype, shape, dataOffset };
}

function headerText(bytes: Uint8Array): { text: string; dataOffset: number } {
  const dataOffset = textOffset + ((bytes[8] ?? 0) | ((bytes[9] ?? 0) << 8));
  if (!magic.every((byte, i) => bytes[i] === byte) || bytes[6] !== 1 || bytes.length < dataOffset) {
    throw new RangeError('Not a .npy file of version 1.0, or one cut short in its header');
  }
  return { text: new TextDecoder().decode(bytes.subarray(textOffset, dataOffset)), dataOffset };
}

/** Bytes of one value. */
export function npyItemBytes({ dtype }: NpyHeader): number {
  return itemBytesOf[dtype];
}

/** Bytes [start, end) of one entry of the first axis: of one image in `[n, k, h, w]`. */
export function npyRowRange(header: NpyHeader, row: number): { start: number; end: number } {
  const [rows = 1, ...inner] = header.shape;
  if (!Number.isInteger(row) || row < 0 || row >= rows) {
    throw new RangeError(`Expected a row in [0, ${rows}), received ${row}`);
  }
  const rowBytes = inner.reduce((product, length) => product * length, itemBytesOf[header.dtype]);
  const start = header.dataOffset + row * rowBytes;
  return { start, end: start + rowBytes };
}

/** Values from bytes that need not start where the array starts, such as the answer to a range request. */
export function decodeNpyValues(header: NpyHeader, data: Uint8Array): Float32Array {
  // A copy, since a view of 2- or 4-byte items must start at a multiple of their size.
  const { buffer } = Uint8Array.from(data);
  return header.dtype === '<f2' ? fromFloat16(new Uint16Array(buffer)) : new Float32Array(buffer);
}

/** All bytes before the first value; 128 unless a shape has absurdly many digits. */
export function npyHeader(
  dtype: NpyHeader['dtype'] | '<i4' | '|u1',
  shape: readonly number[],
): Uint8Array {
  // Python writes a tuple of one with a comma.
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${dtype}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const length = Math.max(usualDataOffset, Math.ceil((textOffset + text.length + 1) / 64) * 64);
  const header = new Uint8Array(length).fill(0x20);
  header.set(magic);
  header.set([1, 0, (length - textOffset) & 0xff, (length - textOffset) >> 8], magic.length);
  header.set(new TextEncoder().encode(text), textOffset);
  header[length - 1] = 0x0a;
  return header;
}
