import type { RgbImage } from '../../image/rgb-image.ts';
import { encodeThumbnail, type ThumbnailSize } from './thumbnail.ts';

/** Pictures as WebP, all in the first of the sizes in which they fit the budget together, else in the last. */
export async function encodePhotos(
  photos: readonly RgbImage[],
  sizes: readonly ThumbnailSize[],
  mostBytes: number,
): Promise<Map<RgbImage, Uint8Array>> {
  let encoded = new Map<RgbImage, Uint8Array>();
  for (const size of sizes) {
    encoded = new Map();
    for (const pixels of photos) encoded.set(pixels, await encodeThumbnail(pixels, size));
    const total = [...encoded.values()].reduce((sum, bytes) => sum + bytes.length, 0);
    if (total <= mostBytes) break;
  }
  return encoded;
}
