import { copyPlanar } from '../../kernels/planes.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import type { RgbImage } from '../rgb-image.ts';
import { checkPlanes } from './check-planes.ts';
import { pillowResize } from './pillow-resize.ts';
import { roundHalfEven } from './round-half-even.ts';

/**
 * How Ultralytics prepares an image for a classifier (8.4.190, data/augment.py `classify_transforms`): torchvision Resize of the shortest edge, then
 * CenterCrop. The crop is the model's input, so `left` and `top` are minus the pixels cut off. An input that is not square: direct resize.
 */
export function classifyGeometry(
  width: number,
  height: number,
  input: { readonly inputWidth: number; readonly inputHeight: number },
): LetterboxGeometry {
  const { inputWidth, inputHeight } = input;
  const size = { width, height, inputWidth, inputHeight };
  if (inputWidth !== inputHeight) {
    return { ...size, newWidth: inputWidth, newHeight: inputHeight, left: 0, top: 0 };
  }
  // torchvision `_compute_resized_output_size`: the long edge is truncated, not rounded.
  const [newWidth, newHeight] =
    width <= height
      ? [inputWidth, Math.trunc((inputWidth * height) / width)]
      : [Math.trunc((inputHeight * width) / height), inputHeight];
  const left = -roundHalfEven((newWidth - inputWidth) / 2);
  const top = -roundHalfEven((newHeight - inputHeight) / 2);
  return { ...size, newWidth, newHeight, left: left || 0, top: top || 0 };
}

/**
 * Resizes `image` with Pillow's antialiased bilinear filter and writes the middle of it to `out` from `offset`: planar RGB
 * (CHW), 3 * inputHeight * inputWidth bytes. An image that already has the new size (see `decodeImageNear`) is only cropped.
 */
export function classifyCropInto(
  image: RgbImage,
  geometry: LetterboxGeometry,
  out: Uint8Array,
  offset: number,
): void {
  const { newWidth, newHeight, left, top, inputWidth, inputHeight } = geometry;
  const plane = inputWidth * inputHeight;
  checkPlanes(out, offset, plane);
  const newSize = { width: newWidth, height: newHeight };
  const window = { left: -left, top: -top, width: inputWidth, height: inputHeight };
  copyPlanar(pillowResize(image, newSize, window), { out, offset, plane, stride: inputWidth });
}
