import { decodeImageNear } from '../../image/decode/decode-image.ts';
import { sharp } from '../../image/decode/sharp.ts';
import type { RgbImage } from '../../image/rgb-image.ts';

/** WebP quality 1 to 100, and the longer side in pixels. */
export interface ThumbnailSize {
  readonly side: number;
  readonly quality: number;
}

/** Decodes a photo no larger than `side` pixels on its longer side; a smaller one keeps its size. A reason when it cannot be read. */
export async function decodeThumbnail(
  bytes: Uint8Array,
  { side, maxPixels }: { readonly side: number; readonly maxPixels: number },
): Promise<RgbImage | string> {
  const planSize = (width: number, height: number) => {
    const scale = Math.min(1, side / Math.max(width, height));
    return {
      width: Math.max(1, Math.round(width * scale)),
      height: Math.max(1, Math.round(height * scale)),
    };
  };
  const result = await decodeImageNear(bytes, { maxPixels, planSize });
  return result.status === 'success' ? result.image : result.reason;
}

/** A decoded photo as WebP. */
export async function encodeThumbnail(
  { data, width, height }: RgbImage,
  { side, quality }: ThumbnailSize,
): Promise<Uint8Array> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
    .webp({ quality, effort: 4 })
    .toBuffer();
}
