import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';

/** Reads small numbers of `width` bits in runs, as Parquet has levels and places in dictionaries: https://parquet.apache.org/docs/file-format/data-pages/encodings/ */
export function readRuns(bytes: Uint8Array, width: number, output: Uint8Array | Uint32Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  readRleBitPackedHybrid({ view, offset: 0 }, width, output, bytes.length);
}

/** As `readRuns`, of one bit each: nearly all columns have such levels. */
export function readBits(bytes: Uint8Array, output: Uint8Array): void {
  const byteAt = (at: number) => {
    const byte = bytes[at];
    if (byte === undefined) throw new RangeError('the levels of a page are cut');
    return byte;
  };
  let [at, seen] = [0, 0];
  while (seen < output.length) {
    let head = 0;
    let byte = 128;
    for (let unit = 1; byte >= 128; unit *= 128) {
      byte = byteAt(at++);
      head += (byte & 127) * unit;
    }
    const count = Math.floor(head / 2);
    if (head % 2 === 0) {
      output.fill(byteAt(at++), seen, seen + count);
      seen += count;
      continue;
    }
    for (const end = at + count; at < end; at++) {
      byte = byteAt(at);
      for (let bit = 0; bit < 8 && seen < output.length; bit++) output[seen++] = (byte >>> bit) & 1;
    }
  }
}
