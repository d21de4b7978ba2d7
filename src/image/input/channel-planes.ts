import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import type { ChannelImage } from '../rgb-image.ts';
import type { Preparation } from './preparations.ts';

/**
 * Writes an image of any number of channels into the input, plane after plane: three at a time through the preparation of colors, which treats each
 * channel alike.
 */
export function fillChannels(
  { fill }: Preparation,
  image: ChannelImage,
  geometry: LetterboxGeometry,
  out: Uint8Array,
): void {
  const plane = geometry.inputWidth * geometry.inputHeight;
  const planes = new Uint8Array(3 * plane);
  const { width, height, channels } = image;
  for (let first = 0; first < channels; first += 3) {
    fill({ data: threeOf(image, first), width, height }, geometry, planes, 0);
    const count = Math.min(3, channels - first);
    out.set(planes.subarray(0, count * plane), first * plane);
  }
}

/** RGB of the channels from `first` on; the last one stands for those that are missing. */
function threeOf({ data, channels }: ChannelImage, first: number): Uint8Array {
  const pixels = data.length / channels;
  const three = new Uint8Array(3 * pixels);
  for (let band = 0; band < 3; band++) {
    const channel = Math.min(first + band, channels - 1);
    for (let i = 0; i < pixels; i++) three[3 * i + band] = data[i * channels + channel] ?? 0;
  }
  return three;
}
