export interface BmpRuns {
  readonly width: number;
  readonly height: number;
  /** Bits of an index into the palette. */
  readonly bits: 4 | 8;
  /** Where the runs begin in the file. */
  readonly start: number;
}

/**
 * Undoes the run-length coding of a bitmap (RLE8, RLE4): one index per pixel, in file order. Skipped pixels have index 0, as cv2 leaves
 * them. Result: the indices, or the reason as text.
 */
export function expandBmpRuns(bytes: Uint8Array, runs: BmpRuns): Uint8Array | string {
  const { width, height, bits } = runs;
  const out = new Uint8Array(width * height);
  let [at, x, y] = [runs.start, 0, 0];
  while (y < height && !(y === height - 1 && x === width)) {
    const [count, code] = [bytes[at], bytes[at + 1]];
    if (count === undefined || code === undefined) return 'the file is truncated';
    at += 2;
    if (count === 0 && code === 0) [x, y] = [0, y + 1];
    else if (count === 0 && code === 1) return out;
    else if (count === 0 && code === 2) {
      x += bytes[at] ?? 0;
      y += bytes[at + 1] ?? 0;
      at += 2;
    } else {
      const pixels = count || code;
      if (x === width) [x, y] = [0, y + 1];
      if (x + pixels > width || y >= height) return 'damaged image data';
      const row = y * width + x;
      for (let i = 0; i < pixels; i++) {
        const byte = count > 0 ? code : (bytes[at + (bits === 8 ? i : i >> 1)] ?? 0);
        out[row + i] = bits === 8 ? byte : i % 2 === 0 ? byte >> 4 : byte & 15;
      }
      x += pixels;
      // Literal pixels fill whole words.
      if (count === 0) at += bits === 8 ? (code + 1) & ~1 : (((code + 1) >> 1) + 1) & ~1;
    }
  }
  return out;
}
