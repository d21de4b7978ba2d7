import type { RgbImage } from '../rgb-image.ts';
import { firstBytes, openImage } from './open-image.ts';

/**
 * A CMYK JPEG by cv2's own conversion (`icvCvt_CMYK2BGR_8u_C4C3R` in OpenCV's imgcodecs/src/utils.cpp): c = k - ((255 - c) * k >> 8) on the bytes as
 * stored. Stored bytes are inverted in Adobe files; libvips has undone that, so it is redone.
 */
export async function decodeInkJpeg(
  bytes: Uint8Array,
  maxPixels: number,
  adobe: boolean,
): Promise<RgbImage> {
  const invert = adobe ? 255 : 0;
  return convertInk(bytes, maxPixels, (color, black) => {
    const k = black ^ invert;
    return k - (((255 - (color ^ invert)) * k) >> 8);
  });
}

/** A CMYK TIFF by libtiff's conversion, which cv2 uses (`putRGBcontig8bitCMYKtile` in libtiff's tif_getimage.c): (255 - c) * (255 - k) / 255. */
export async function decodeInkTiff(bytes: Uint8Array, maxPixels: number): Promise<RgbImage> {
  return convertInk(bytes, maxPixels, (color, black) =>
    Math.trunc(((255 - color) * (255 - black)) / 255),
  );
}

async function convertInk(
  bytes: Uint8Array,
  maxPixels: number,
  convert: (color: number, black: number) => number,
): Promise<RgbImage> {
  const { data, info } = await openImage(bytes, maxPixels)
    .pipelineColorspace('cmyk')
    .toColorspace('cmyk')
    .raw()
    .toBuffer({ resolveWithObject: true });
  // In place: three bytes are written where four were read.
  let to = 0;
  for (let from = 0; from < data.length; from += 4) {
    const black = data[from + 3] ?? 0;
    for (let band = 0; band < 3; band++) data[to++] = convert(data[from + band] ?? 0, black);
  }
  return firstBytes(data, info);
}
