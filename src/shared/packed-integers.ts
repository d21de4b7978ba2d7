/**
 * Non-negative safe integers as text: each as a LEB128 variable-length number (seven bits a byte, lowest first), the bytes in
 * base64. Small counts, which is what statistics are mostly made of, take one byte.
 */
export function packIntegers(values: readonly number[]): string {
  const bytes: number[] = [];
  for (const value of values) {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new RangeError(`Expected a non-negative safe integer to pack, received ${value}.`);
    }
    let rest = value;
    // Division instead of shifts: sums of many shards exceed 32 bits.
    while (rest > 0x7f) {
      bytes.push((rest % 0x80) + 0x80);
      rest = Math.floor(rest / 0x80);
    }
    bytes.push(rest);
  }
  return Buffer.from(bytes).toString('base64');
}

/** The integers that `packIntegers` packed. Throws a RangeError on text that ends inside a number. */
export function unpackIntegers(text: string): Float64Array {
  const bytes = Buffer.from(text, 'base64');
  const values = new Float64Array(bytes.length);
  let count = 0;
  let value = 0;
  let factor = 1;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte < 0x80) {
      values[count++] = value + byte * factor;
      value = 0;
      factor = 1;
    } else {
      value += (byte - 0x80) * factor;
      factor *= 0x80;
    }
  }
  if (factor !== 1) throw new RangeError('Packed integers end in the middle of a number.');
  return values.subarray(0, count);
}
