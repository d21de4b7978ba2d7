import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

const folder = 'examples/blood-cells/images/test';

export interface PhotoPixels {
  readonly batch: number;
  readonly inputHeight: number;
  readonly inputWidth: number;
  readonly inputChannels: number;
}

/** The blood cells stretched to a model's input, over and over: uint8 [B, C, H, W]; a fourth channel and more repeat the third. */
export async function photoPixels(wanted: PhotoPixels): Promise<Uint8Array> {
  const { batch, inputHeight, inputWidth, inputChannels } = wanted;
  const names = (await readdir(folder)).sort();
  const plane = inputHeight * inputWidth;
  const pixels = new Uint8Array(batch * inputChannels * plane);
  for (let image = 0; image < batch; image++) {
    const { data, info } = await sharp(join(folder, names[image % names.length]!))
      .resize(inputWidth, inputHeight, { fit: 'fill' })
      .raw()
      .toBuffer({ resolveWithObject: true });
    for (let channel = 0; channel < inputChannels; channel++) {
      const own = Math.min(channel, info.channels - 1);
      const start = (image * inputChannels + channel) * plane;
      for (let i = 0; i < plane; i++) pixels[start + i] = data[i * info.channels + own]!;
    }
  }
  return pixels;
}
