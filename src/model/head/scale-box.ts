import type { Xyxy } from '../../shared/run/detection.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';

/**
 * A box in input pixels -> original-image pixels, clipped to the image: minus the padding, over the gain of each axis, which differ a little
 * because the resized sides are whole pixels (Ultralytics 8.4.190; older versions use one gain).
 */
export function scaleBox(box: ArrayLike<number>, geometry: LetterboxGeometry): Xyxy {
  const { width, height, left, top } = geometry;
  const gainX = geometry.newWidth / width;
  const gainY = geometry.newHeight / height;
  const across = (x: number | undefined) => clamp(((x ?? 0) - left) / gainX, width);
  const down = (y: number | undefined) => clamp(((y ?? 0) - top) / gainY, height);
  return [across(box[0]), down(box[1]), across(box[2]), down(box[3])];
}

function clamp(value: number, limit: number): number {
  return Math.min(Math.max(value, 0), limit);
}
