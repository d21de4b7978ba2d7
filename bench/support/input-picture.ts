import { readFile } from 'node:fs/promises';
import { decodeImage } from '../../src/image/decode/decode-image.ts';
import { sharp } from '../../src/image/decode/sharp.ts';
import { letterboxGeometry, letterboxInto } from '../../src/image/input/letterbox.ts';
import type { RgbImage } from '../../src/image/rgb-image.ts';
import type { OpenModel } from '../../src/index.ts';

/** An image file as a detector sees it, without the padding: at the size that it has in the model's input. Throws for a file that is no image. */
export async function inputPicture(
  path: string,
  { inputWidth, inputHeight }: Pick<OpenModel, 'inputWidth' | 'inputHeight'>,
): Promise<RgbImage> {
  const decoded = await decodeImage(await readFile(path), { maxPixels: 1e8 });
  if (decoded.status !== 'success') throw new Error(`${path}: ${decoded.reason}`);
  const { image } = decoded;
  const placed = letterboxGeometry(image.width, image.height, { inputWidth, inputHeight });
  const [width, height] = [placed.newWidth, placed.newHeight];
  const planes = new Uint8Array(3 * width * height);
  letterboxInto(
    image,
    { ...placed, left: 0, top: 0, inputWidth: width, inputHeight: height },
    planes,
    0,
  );
  const pixels = width * height;
  return {
    data: Uint8Array.from(
      { length: 3 * pixels },
      (_, at) => planes[(at % 3) * pixels + Math.floor(at / 3)]!,
    ),
    width,
    height,
  };
}

export async function pngOf({ data, width, height }: RgbImage): Promise<Uint8Array> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 1 })
    .toBuffer();
}
