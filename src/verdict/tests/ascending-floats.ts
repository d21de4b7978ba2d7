/** A sample in float32, as columns hold it, or in full. */
export type Floats = Float32Array | Float64Array;

/** Below it the engine's own sort is quicker than counting digits. */
const fewest = 1024;

const digitBits = 11;
const digits = 2 ** digitBits;
const passes = 3;
const sign = 0x8000_0000;

/** Counts of all passes, used again. */
const counts = new Uint32Array(passes * digits);

/**
 * A sorted copy; -0 comes before 0. None may be NaN. Float32 by radix, whose three passes take a sixth of the time of comparisons at a hundred thousand
 * values: bits rise with the number once those of negative ones are turned round.
 */
export function ascendingFloats(values: Float32Array): Float32Array {
  if (values.length < fewest) return values.slice().sort();
  let from = risingBits(values);
  let to = new Uint32Array(from.length);
  for (let pass = 0; pass < passes; pass++) {
    if (!placeDigits(from, to, pass)) continue;
    [from, to] = [to, from];
  }
  for (let i = 0; i < from.length; i++) {
    const bits = from[i] as number;
    from[i] = bits >= sign ? bits - sign : ~bits;
  }
  return new Float32Array(from.buffer);
}

/** Bits that are in the order of the numbers; counts their digits. */
function risingBits(values: Float32Array): Uint32Array<ArrayBuffer> {
  const rising = new Uint32Array(values.slice().buffer);
  counts.fill(0);
  for (let i = 0; i < rising.length; i++) {
    const bits = rising[i] as number;
    const turned = (bits >= sign ? ~bits : bits | sign) >>> 0;
    rising[i] = turned;
    count(turned & (digits - 1));
    count(digits + ((turned >>> digitBits) & (digits - 1)));
    count(2 * digits + (turned >>> (2 * digitBits)));
  }
  return rising;
}

function count(at: number): void {
  counts[at] = (counts[at] as number) + 1;
}

/** Puts numbers in the order of one digit, those that share it as they were. @returns false, and nothing is moved, where all share it */
function placeDigits(from: Uint32Array, to: Uint32Array, pass: number): boolean {
  const shift = pass * digitBits;
  const places = counts.subarray(pass * digits, (pass + 1) * digits);
  const first = ((from[0] as number) >>> shift) & (digits - 1);
  if (places[first] === from.length) return false;
  let start = 0;
  for (let digit = 0; digit < digits; digit++) {
    const here = places[digit] as number;
    places[digit] = start;
    start += here;
  }
  for (let i = 0; i < from.length; i++) {
    const bits = from[i] as number;
    const digit = (bits >>> shift) & (digits - 1);
    const place = places[digit] as number;
    places[digit] = place + 1;
    to[place] = bits;
  }
  return true;
}

/** How many of ascending values are at most `limit`. */
export function countUpTo(ascending: Floats, limit: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] as number) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
