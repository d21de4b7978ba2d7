import type { Size } from './decode/decode-image.ts';
import { sharp } from './decode/sharp.ts';
import type { RgbImage } from './rgb-image.ts';

/** The image at another size, for looking at: antialiased, its sides stretched to fit. */
export async function resizedImage(
  { data, width, height }: RgbImage,
  size: Size,
): Promise<RgbImage> {
  const pixels = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize(size.width, size.height, { fit: 'fill' })
    .raw()
    .toBuffer();
  return { data: pixels, ...size };
}
