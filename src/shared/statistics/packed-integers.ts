/**
 * Non-negative safe integers as text: base64 of one byte that says how many bytes each integer takes (1 to 7, enough for the
 * largest), then the integers, lowest byte first. Empty for no integers. One width for all keeps the reading loop free of
 * branches that depend on the data; variable-length numbers took twice as long.
 */
export function packIntegers(values: readonly number[]): string {
  const width = widthOf(values);
  const bytes = Buffer.alloc(values.length === 0 ? 0 : 1 + width * values.length);
  if (values.length > 0) bytes[0] = width;
  values.forEach((value, i) => {
    let rest = value;
    // Division instead of shifts: sums of many shards exceed 32 bits.
    for (let at = 1 + i * width; rest > 0; at++) {
      bytes[at] = rest % 0x100;
      rest = Math.floor(rest / 0x100);
    }
  });
  return bytes.toString('base64');
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * Returns how many integers a packed text has, by its length and its first byte alone; `undefined` for any other text. Characters
 * that are not base64 are left for `unpack` to find.
 */
export function packedCountOf(text: unknown): number | undefined {
  if (typeof text !== 'string' || text.length % 4 !== 0) return undefined;
  if (text.length === 0) return 0;
  const width = (alphabet.indexOf(text.charAt(0)) << 2) | (alphabet.indexOf(text.charAt(1)) >> 4);
  const count = (Buffer.byteLength(text, 'base64') - 1) / width;
  return width >= 1 && width <= 7 && Number.isInteger(count) ? count : undefined;
}

/** Reads packed integers into memory that it keeps: a merge of 39,000 markers unpacks fifteen million texts. */
export class IntegerUnpacker {
  #bytes = Buffer.alloc(4096);
  #values = new Float64Array(4096);

  /** The integers that `packIntegers` packed, valid until the next call. Throws a RangeError on text that it did not make. */
  unpack(text: string): { readonly values: Float64Array; readonly count: number } {
    if (text.length > this.#bytes.length) {
      this.#bytes = Buffer.alloc(2 * text.length);
      this.#values = new Float64Array(2 * text.length);
    }
    const bytes = this.#bytes;
    const values = this.#values;
    const length = bytes.write(text, 'base64');
    const count = packedCountOf(text);
    if (count === 0) return { values, count };
    const width = bytes[0] as number;
    // The decoder passes over what is not base64, so that fewer bytes come out than the length promises.
    if (count === undefined || length !== 1 + count * width) {
      throw new RangeError(`Expected packed integers, received ${text.slice(0, 40)}.`);
    }
    unpackWidth(bytes, values, { width, count });
    return { values, count };
  }
}

/** The usual widths have loops of their own: merging 39,000 markers spends a third of its time here. */
function unpackWidth(
  bytes: Buffer,
  values: Float64Array,
  { width, count }: { readonly width: number; readonly count: number },
): void {
  if (width === 1) {
    for (let i = 0; i < count; i++) values[i] = bytes[i + 1] as number;
  } else if (width === 2) {
    for (let i = 0, at = 1; i < count; i++, at += 2) {
      values[i] = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
    }
  } else if (width === 3) {
    for (let i = 0, at = 1; i < count; i++, at += 3) {
      const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
      values[i] = low | ((bytes[at + 2] as number) << 16);
    }
  } else {
    unpackWide(bytes, values, { width, count });
  }
}

/** More than three bytes: multiplication instead of shifts, since the integers exceed 31 bits. */
function unpackWide(
  bytes: Buffer,
  values: Float64Array,
  { width, count }: { readonly width: number; readonly count: number },
): void {
  for (let i = 0; i < count; i++) {
    const lowest = 1 + i * width;
    let value = 0;
    for (let at = lowest + width - 1; at >= lowest; at--) {
      value = value * 0x100 + (bytes[at] as number);
    }
    values[i] = value;
  }
}

/** Bytes that the largest value takes. Throws a RangeError on a value that is not a count. */
function widthOf(values: readonly number[]): number {
  let width = 1;
  let limit = 0x100;
  for (const value of values) {
    if (!isCount(value)) {
      throw new RangeError(`Expected a non-negative safe integer to pack, received ${value}.`);
    }
    while (value >= limit) {
      width += 1;
      limit *= 0x100;
    }
  }
  return width;
}

/** Returns whether a value can be packed: a non-negative safe integer. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
