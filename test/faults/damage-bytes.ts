import type { Seeded } from './seeded.ts';

/** Flips single bits between two places, given as shares of the length. */
export function flipBits(bytes: Buffer, random: Seeded, count: number, from = 0, to = 1): Buffer {
  const out = Buffer.from(bytes);
  const low = Math.floor(out.length * from);
  const high = Math.max(low + 1, Math.floor(out.length * to));
  for (let n = 0; n < count; n++) {
    const at = low + random.int(high - low);
    if (at < out.length) out[at] = (out[at] ?? 0) ^ (1 << random.int(8));
  }
  return out;
}

/** The beginning of one and the end of the other. */
export function splice(bytes: Buffer, other: Buffer, cut: number, otherCut: number): Buffer {
  const end = other.subarray(Math.floor(other.length * otherCut));
  return Buffer.concat([bytes.subarray(0, Math.floor(bytes.length * cut)), end]);
}

/** A stretch of zeros of at most a quarter. */
export function withHole(bytes: Buffer, random: Seeded): Buffer {
  const out = Buffer.from(bytes);
  const at = random.int(out.length);
  const end = at + 1 + random.int(1 + (out.length >> 2));
  return out.fill(0, at, Math.min(end, out.length));
}

/** A stretch twenty times. */
export function withRepeat(bytes: Buffer, random: Seeded): Buffer {
  const at = random.int(bytes.length);
  const end = at + 1 + random.int(2000);
  const part = bytes.subarray(at, end);
  return Buffer.concat([
    bytes.subarray(0, at),
    ...Array<Buffer>(20).fill(part),
    bytes.subarray(end),
  ]);
}

/** Two of sixteen blocks in each other's place. */
export function withSwap(bytes: Buffer, random: Seeded): Buffer {
  const size = Math.max(1, bytes.length >> 4);
  const blocks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
    bytes.subarray(n * size, (n + 1) * size),
  );
  const [i, j] = [random.int(blocks.length), random.int(blocks.length)];
  const swapped = blocks.map((block, n) => blocks[n === i ? j : n === j ? i : n] ?? block);
  return Buffer.concat(swapped);
}
