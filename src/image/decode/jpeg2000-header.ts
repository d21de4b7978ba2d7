/** The header of a JPEG 2000 file, read without decoding. */
export interface Jpeg2000Header {
  readonly width: number;
  readonly height: number;
  readonly bands: readonly Jpeg2000Band[];
  /** The enumerated color space of the container: 16 sRGB, 17 gray, 18 sYCC; `undefined` when there is none. */
  readonly colorSpace: number | undefined;
}

export interface Jpeg2000Band {
  readonly bits: number;
  readonly signed: boolean;
  /** Pixels of the picture a sample, across and down. */
  readonly stepX: number;
  readonly stepY: number;
}

/** SOC and SIZ: how a codestream begins (ITU-T T.800, A.4 and A.5.1). */
const codestreamStart = Buffer.from('ff4fff51', 'hex');

/** Reads the SIZ segment of the codestream, and the color box of the container around it. `undefined` when there is none. */
export function jpeg2000Header(bytes: Uint8Array): Jpeg2000Header | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = file.indexOf(codestreamStart);
  const siz = start + 4;
  if (start < 0 || siz + 38 > file.length) return undefined;
  const [right, bottom, left, top] = [4, 8, 12, 16].map((at) => file.readUInt32BE(siz + at));
  const count = file.readUInt16BE(siz + 36);
  if (siz + 38 + count * 3 > file.length) return undefined;
  const bands = Array.from({ length: count }, (_, i) => {
    const [depth = 0, stepX = 0, stepY = 0] = file.subarray(siz + 38 + i * 3);
    return { bits: (depth & 0x7f) + 1, signed: depth > 0x7f, stepX, stepY };
  });
  const width = (right ?? 0) - (left ?? 0);
  const height = (bottom ?? 0) - (top ?? 0);
  return { width, height, bands, colorSpace: colorSpaceOf(file.subarray(0, start)) };
}

/** The box `colr` with method 1 (ITU-T T.800, I.5.3.3). */
function colorSpaceOf(container: Buffer): number | undefined {
  const at = container.indexOf('colr', 0, 'latin1');
  if (at < 0 || at + 11 > container.length || container[at + 4] !== 1) return undefined;
  return container.readUInt32BE(at + 7);
}
