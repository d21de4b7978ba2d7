import type { RgbImage } from '../rgb-image.ts';
import type { ColorTable } from './color-map.ts';

/**
 * A photo with a map laid over it. `values` has one number in [0, 1] a pixel (others are clamped); NaN leaves the photo as it is
 * (in gray, if the table shows photos in gray). Returns a new image.
 */
export function blendMap(photo: RgbImage, values: Float32Array, table: ColorTable): RgbImage {
  const { ink, keep } = fixedPoint(table);
  const data = new Uint8Array(photo.data.length);
  const source = photo.data;
  const gray = table.grayPhoto;
  for (let i = 0, at = 0; i < values.length; i++, at += 3) {
    let red = source[at]!;
    let green = source[at + 1]!;
    let blue = source[at + 2]!;
    if (gray) {
      // Rec. 601 luma in 8 bits, as every JPEG decoder has it.
      red = (77 * red + 150 * green + 29 * blue) >> 8;
      green = red;
      blue = red;
    }
    const value = values[i]!;
    if (value >= 0) {
      const index = value >= 1 ? 255 : (value * 255 + 0.5) | 0;
      const stay = keep[index]!;
      red = (red * stay + ink[index * 3]!) >> 8;
      green = (green * stay + ink[index * 3 + 1]!) >> 8;
      blue = (blue * stay + ink[index * 3 + 2]!) >> 8;
    }
    data[at] = red;
    data[at + 1] = green;
    data[at + 2] = blue;
  }
  return { data, width: photo.width, height: photo.height };
}

/** Opacity in 256ths: the photo's share, and the color's share with rounding. */
function fixedPoint({ rgb, alpha }: ColorTable): { ink: Int32Array; keep: Int32Array } {
  const keep = Int32Array.from(alpha, (opacity) => 256 - Math.round(opacity * 256));
  const ink = Int32Array.from(rgb, (value, i) => value * (256 - keep[Math.floor(i / 3)]!) + 128);
  return { ink, keep };
}
