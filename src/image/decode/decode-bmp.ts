import type { RgbImage } from '../rgb-image.ts';
import { expandBmpRuns } from './bmp-runs.ts';

interface BmpHeader {
  readonly width: number;
  readonly height: number;
  readonly topDown: boolean;
  readonly bits: number;
  /** 16 bits: green has six of them instead of five. */
  readonly sixGreen: boolean;
  readonly runs: boolean;
  /** Offset of the first pixel row in the file. */
  readonly pixels: number;
  /** Offset and bytes an entry of the palette (1, 4 and 8 bits). */
  readonly palette: number;
  readonly paletteStep: number;
}

/** How the pixels are stored (the field `biCompression`). */
const [plain, runs8, runs4, masked] = [0, 1, 2, 3] as const;
const embedded: Readonly<Record<number, string>> = { 4: 'JPEG', 5: 'PNG' };

/**
 * Reads a Windows bitmap as cv2 does; libvips in sharp cannot. Formats: 1, 4, 8, 16 (555 and 565), 24 or 32 bits a pixel (alpha dropped), the
 * palettes of 4 and 8 bits in runs too. Result: RGB pixels, or the reason as text.
 */
export function decodeBmp(bytes: Uint8Array, maxPixels: number): RgbImage | string {
  const header = readHeader(bytes);
  if (typeof header === 'string') return header;
  const { width, height } = header;
  if (width * height > maxPixels) return overLimit(width, height, maxPixels);
  return header.runs ? decodeRuns(bytes, header) : decodeRows(bytes, header);
}

function decodeRuns(bytes: Uint8Array, header: BmpHeader): RgbImage | string {
  const { width, height, bits, pixels: start } = header;
  const indices = expandBmpRuns(bytes, { width, height, bits: bits === 4 ? 4 : 8, start });
  if (typeof indices === 'string') return indices;
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < indices.length; i++) {
    const row = Math.floor(i / width);
    const to = (header.topDown ? row : height - 1 - row) * width + (i % width);
    const from = header.palette + (indices[i] ?? 0) * header.paletteStep;
    for (let band = 0; band < 3; band++) data[to * 3 + band] = bytes[from + 2 - band] ?? 0;
  }
  return { data, width, height };
}

function decodeRows(bytes: Uint8Array, header: BmpHeader): RgbImage | string {
  const { width, height } = header;
  const stride = Math.ceil((width * header.bits) / 32) * 4;
  if (header.pixels + stride * height > bytes.length) return 'the file is truncated';
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const row = header.pixels + stride * (header.topDown ? y : height - 1 - y);
    const job = { bytes, header, row, out: data, to: y * width * 3 };
    if (header.bits === 16) readWords(job);
    else readRow(job);
  }
  return { data, width, height };
}

/** Returns the reason for an image over the pixel limit, the same for every format. */
export function overLimit(width: number, height: number, maxPixels: number): string {
  return `${width} x ${height} = ${width * height} pixels is over the limit of ${maxPixels}`;
}

function readHeader(bytes: Uint8Array): BmpHeader | string {
  if (bytes.length < 30) return 'the file is truncated';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = view.getUint32(14, true);
  if (size === 12) {
    const [width, height] = [view.getUint16(18, true), view.getUint16(20, true)];
    const bits = view.getUint16(24, true);
    const shape = { width, height, bits, topDown: false, pixels: view.getUint32(10, true) };
    return checked({ ...shape, sixGreen: false, runs: false, palette: 26, paletteStep: 3 });
  }
  if (size < 40 || bytes.length < 14 + size) return 'the file is truncated';
  const compression = view.getUint32(30, true);
  const bits = view.getUint16(28, true);
  const format = embedded[compression];
  if (format) return `BMP with an embedded ${format} is not supported: convert it to PNG`;
  const runs = (compression === runs8 && bits === 8) || (compression === runs4 && bits === 4);
  if (compression !== plain && !runs && !(compression === masked && (bits === 16 || bits === 32)))
    return 'compressed BMP is not supported: convert it to PNG';
  const green = compression === masked && bits === 16 ? greenBits(view) : 5;
  if (green === undefined) return 'BMP with custom color masks is not supported: convert it to PNG';
  const signedHeight = view.getInt32(22, true);
  return checked({
    width: view.getInt32(18, true),
    height: Math.abs(signedHeight),
    topDown: signedHeight < 0,
    bits,
    runs,
    sixGreen: green === 6,
    pixels: view.getUint32(10, true),
    palette: 14 + size,
    paletteStep: 4,
  });
}

/** From the masks of 16 bits, which follow the first 40 bytes of a header of any size. 32 bits are in practice always BGRA, and cv2 takes them so. */
function greenBits(view: DataView): 5 | 6 | undefined {
  if (view.byteLength < 66) return undefined;
  const masks = [54, 58, 62].map((at) => view.getUint32(at, true).toString(16)).join(' ');
  if (masks === '7c00 3e0 1f') return 5;
  return masks === 'f800 7e0 1f' ? 6 : undefined;
}

function checked(header: BmpHeader): BmpHeader | string {
  if (header.width <= 0 || header.height <= 0) return 'damaged image data (BMP without pixels)';
  if (![1, 4, 8, 16, 24, 32].includes(header.bits)) {
    return `BMP with ${header.bits} bits a pixel is not supported: convert it to PNG`;
  }
  return header;
}

interface RowJob {
  readonly bytes: Uint8Array;
  readonly header: BmpHeader;
  readonly row: number;
  readonly out: Uint8Array;
  readonly to: number;
}

function readRow({ bytes, header, row, out, to }: RowJob): void {
  const { bits, width, palette, paletteStep } = header;
  const perByte = 8 / bits;
  const indexMask = (1 << bits) - 1;
  for (let x = 0; x < width; x++) {
    let from = row + (x * bits) / 8;
    if (bits <= 8) {
      const shift = 8 - bits * ((x % perByte) + 1);
      const index = ((bytes[row + Math.floor(x / perByte)] ?? 0) >> shift) & indexMask;
      from = palette + index * paletteStep;
    }
    out[to + x * 3] = bytes[from + 2] ?? 0;
    out[to + x * 3 + 1] = bytes[from + 1] ?? 0;
    out[to + x * 3 + 2] = bytes[from] ?? 0;
  }
}

/** 16 bits a pixel; the lower bits of the bytes stay 0, as in cv2. */
function readWords({ bytes, header, row, out, to }: RowJob): void {
  for (let x = 0; x < header.width; x++) {
    const word = (bytes[row + x * 2] ?? 0) | ((bytes[row + x * 2 + 1] ?? 0) << 8);
    out[to + x * 3] = header.sixGreen ? (word >> 8) & 0xf8 : (word >> 7) & 0xf8;
    out[to + x * 3 + 1] = header.sixGreen ? (word >> 3) & 0xfc : (word >> 2) & 0xf8;
    out[to + x * 3 + 2] = (word << 3) & 0xf8;
  }
}
