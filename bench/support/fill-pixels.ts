import { sharp } from '../../src/image/decode/sharp.ts';
import type { RgbImage } from '../../src/image/rgb-image.ts';
import { linearImputation } from './linear-imputation.ts';

/** What takes the place of erased pixels: the gray of padding, the mean color of the image, the image blurred (sigma 1/16 of its longer side), or ROAD's imputation from the surroundings. */
export const fills = ['gray', 'mean', 'blur', 'imputed'] as const;
export type Fill = (typeof fills)[number];

const gray = 114;

/** @param erased 1 for pixels that are to be filled, row-major */
export async function fillPixels(
  image: RgbImage,
  erased: Uint8Array,
  { fill, random }: { readonly fill: Fill; random(): number },
): Promise<RgbImage> {
  if (fill === 'imputed') return linearImputation(image, erased, random);
  const { width, height } = image;
  const other =
    fill === 'blur'
      ? await blurred(image)
      : plain(fill === 'mean' ? meanOf(image) : [gray, gray, gray], width * height);
  return {
    data: image.data.map((value, at) => (erased[Math.floor(at / 3)] === 1 ? other[at]! : value)),
    width,
    height,
  };
}

async function blurred({ data, width, height }: RgbImage): Promise<Uint8Array> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .blur(Math.max(width, height) / 16)
    .raw()
    .toBuffer();
}

function plain(color: readonly number[], pixels: number): Uint8Array {
  return Uint8Array.from({ length: 3 * pixels }, (_, at) => color[at % 3]!);
}

function meanOf({ data, width, height }: RgbImage): number[] {
  const sums = [0, 0, 0];
  for (let at = 0; at < data.length; at++) sums[at % 3]! += data[at]!;
  return sums.map((sum) => Math.round(sum / (width * height)));
}
