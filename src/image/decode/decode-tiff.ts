import type { RgbImage } from '../rgb-image.ts';
import { overLimit } from './decode-bmp.ts';
import { decodeInkTiff } from './decode-ink.ts';
import { firstBytes, openImage } from './open-image.ts';
import type { TiffReading } from './tiff-reading.ts';

type SpecialWay = Exclude<Extract<TiffReading, { status: 'accepted' }>['way'], 'plain'>;

/** Reads a TIFF that libvips would decode to other pixels. Result: RGB pixels, or the reason as text. Rejects when libvips does. */
export async function decodeTiff(
  bytes: Uint8Array,
  way: SpecialWay,
  maxPixels: number,
): Promise<RgbImage | string> {
  if (way === 'ink') return decodeInkTiff(bytes, maxPixels);
  return way === 'float' ? wholeFloats(bytes, maxPixels) : multiplied(bytes, maxPixels);
}

/** The colors times their alpha, as libtiff does it for cv2 (`BuildMapUaToAa` in tif_getimage.c). */
async function multiplied(bytes: Uint8Array, maxPixels: number): Promise<RgbImage> {
  const { data, info } = await openImage(bytes, maxPixels)
    .toColorspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  // In place: three bytes are written where four were read.
  let to = 0;
  for (let from = 0; from < data.length; from += 4) {
    const alpha = data[from + 3] ?? 0;
    for (let band = 0; band < 3; band++) {
      data[to++] = ((data[from + band] ?? 0) * alpha + 127) / 255;
    }
  }
  return firstBytes(data, info);
}

/** Pixels that are held as 32-bit floats at most: 12 bytes each, 16 with alpha. */
const maxFloatPixels = 30_000_000;

/**
 * Ultralytics takes floating-point values unscaled, so 0 to 1 is black: only whole numbers from 0 to 255 are the intended picture, the same as in
 * 8 bits.
 */
async function wholeFloats(bytes: Uint8Array, maxPixels: number): Promise<RgbImage | string> {
  const { width = 0, height = 0 } = await openImage(bytes, maxPixels).metadata();
  if (width * height > maxFloatPixels) {
    return `${overLimit(width, height, maxFloatPixels)} for floating-point TIFF`;
  }
  const { data, info } = await openImage(bytes, maxPixels)
    .toColorspace('scrgb')
    .raw({ depth: 'float' })
    .toBuffer({ resolveWithObject: true });
  const values = new Float32Array(data.buffer, data.byteOffset, data.length / 4);
  // In place: three bytes are written where three floats or four were read.
  let [to, largest] = [0, 0];
  for (let from = 0; from < values.length; from += info.channels) {
    for (let band = 0; band < 3; band++) {
      const value = values[from + band] ?? 0;
      if (value !== (value & 255)) return notWhole;
      data[to++] = value;
      largest = Math.max(largest, value);
    }
  }
  return largest > 1 ? firstBytes(data, info) : notWhole;
}

const notWhole =
  '32-bit floating-point TIFF is not accepted unless its values are whole numbers from 0 to 255: scale them and convert it to 8 bits';
