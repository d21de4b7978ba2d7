/** A literal this long is moved by the engine; shorter ones are quicker byte by byte. */
const longLiteral = 32;

/**
 * Puts the bytes of a Snappy block into `output`, which they must fill. Pages of numbers are literals for the most part, which are moved at once:
 * https://github.com/google/snappy/blob/main/format_description.txt
 *
 * @throws RangeError for what is no such block
 */
export function readSnappyBlock(input: Uint8Array, output: Uint8Array): void {
  let at = lengthEnd(input);
  let end = 0;
  while (at < input.length) {
    const tag = input[at++] as number;
    const kind = tag & 3;
    let length = (tag >>> 2) + 1;
    if (kind === 0) {
      if (length > 60) {
        const bytes = length - 60;
        length = littleEndian(input, at, bytes) + 1;
        at += bytes;
      }
      if (at + length > input.length || end + length > output.length) throw damaged();
      putLiteral(input, at, output, end, length);
      at += length;
      end += length;
      continue;
    }
    const bytes = kind === 3 ? 4 : kind;
    let distance = littleEndian(input, at, bytes);
    at += bytes;
    if (kind === 1) {
      length = ((tag >>> 2) & 7) + 4;
      distance += (tag >>> 5) << 8;
    }
    if (distance === 0 || distance > end || end + length > output.length) throw damaged();
    // It may reach into what it writes: then that repeats.
    for (const stop = end + length; end < stop; end++)
      output[end] = output[end - distance] as number;
  }
  if (end !== output.length) throw damaged();
}

function putLiteral(
  input: Uint8Array,
  at: number,
  output: Uint8Array,
  end: number,
  length: number,
): void {
  if (length >= longLiteral) output.set(input.subarray(at, at + length), end);
  else for (let i = 0; i < length; i++) output[end + i] = input[at + i] as number;
}

/** Where the length in front of the block ends. */
function lengthEnd(input: Uint8Array): number {
  let at = 0;
  while ((input[at] ?? 0) >= 128) at += 1;
  if (at >= input.length) throw damaged();
  return at + 1;
}

function littleEndian(input: Uint8Array, at: number, bytes: number): number {
  if (at + bytes > input.length) throw damaged();
  let value = 0;
  for (let i = bytes - 1; i >= 0; i--) value = value * 256 + (input[at + i] as number);
  return value;
}

function damaged(): RangeError {
  return new RangeError('Expected a Snappy block, received other bytes.');
}
