import type { Sharp } from 'sharp';
import type { RgbImage } from '../rgb-image.ts';
import { sharp } from './sharp.ts';

/**
 * The first page, oriented by its tag, without color management. failOn `error`: harmless warnings pass as with cv2, but cut or
 * unreadable data is a failure and never a half-gray image.
 */
export function openImage(bytes: Uint8Array, maxPixels: number): Sharp {
  const options = { ignoreIcc: true, failOn: 'error', limitInputPixels: maxPixels } as const;
  return sharp(bytes, options).autoOrient();
}

/** Decodes to RGB of 8 bits, dropping alpha: 16 bits keep their high byte, gray is repeated. */
export async function readRgb(pipeline: Sharp): Promise<RgbImage> {
  const { data, info } = await pipeline
    .toColorspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 1) return firstBytes(data, info);
  return { data: repeatGray(data), width: info.width, height: info.height };
}

/** Returns an image whose pixels are the first bytes of a buffer. Not a Buffer itself: its `slice` would share memory with the image. */
export function firstBytes(
  { buffer, byteOffset }: Buffer,
  { width, height }: { readonly width: number; readonly height: number },
): RgbImage {
  return { data: new Uint8Array(buffer, byteOffset, width * height * 3), width, height };
}

/** RGB from one value a pixel. */
export function repeatGray(values: Uint8Array): Uint8Array {
  const data = new Uint8Array(values.length * 3);
  for (let i = 0; i < values.length; i++) data.fill(values[i] ?? 0, i * 3, i * 3 + 3);
  return data;
}
