import type { RgbImage } from './rgb-image.ts';

interface BmpHeader {
  readonly width: number;
  readonly height: number;
  readonly topDown: boolean;
  readonly bits: number;
  /** Offset of the first pixel row in the file. */
  readonly pixels: number;
  /** Offset and bytes an entry of the palette (1, 4 and 8 bits). */
  readonly palette: number;
  readonly paletteStep: number;
}

/**
 * Reads a Windows bitmap, which libvips as shipped with sharp does not: uncompressed, 1, 4, 8, 24 or 32 bits a pixel
 * (alpha dropped). Result: RGB pixels, or the reason as text.
 */
export function decodeBmp(bytes: Uint8Array, maxPixels: number): RgbImage | string {
  const header = readHeader(bytes);
  if (typeof header === 'string') return header;
  const { width, height } = header;
  if (width * height > maxPixels) return overLimit(width, height, maxPixels);
  const stride = Math.ceil((width * header.bits) / 32) * 4;
  if (header.pixels + stride * height > bytes.length) return 'the file is truncated';
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const row = header.pixels + stride * (header.topDown ? y : height - 1 - y);
    readRow({ bytes, header, row, out: data, to: y * width * 3 });
  }
  return { data, width, height };
}

/** The reason of an image over the pixel limit, the same for every format. */
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
    return checked({ ...shape, palette: 26, paletteStep: 3 });
  }
  if (size < 40 || bytes.length < 14 + size) return 'the file is truncated';
  const compression = view.getUint32(30, true);
  const bits = view.getUint16(28, true);
  // 3 is "bit fields": at 32 bits it is in practice always the plain BGRA order.
  if (compression !== 0 && !(compression === 3 && bits === 32)) {
    return 'compressed BMP is not supported: convert it to PNG';
  }
  const signedHeight = view.getInt32(22, true);
  return checked({
    width: view.getInt32(18, true),
    height: Math.abs(signedHeight),
    topDown: signedHeight < 0,
    bits,
    pixels: view.getUint32(10, true),
    palette: 14 + size,
    paletteStep: 4,
  });
}

function checked(header: BmpHeader): BmpHeader | string {
  if (header.width <= 0 || header.height <= 0) return 'damaged image data (BMP without pixels)';
  if (![1, 4, 8, 24, 32].includes(header.bits)) {
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
