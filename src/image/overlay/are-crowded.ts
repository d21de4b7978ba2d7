import type { Detection } from '../../shared/run/detection.ts';

/** Share of the picture that lines may cover. */
const mostCovered = 0.2;
/** A line of 4 pixels on a picture of 640. */
const lineShare = 1 / 160;

/** Whether lines around all boxes would hide the picture of an image of this size: then they have to be thinner. */
export function areCrowded(
  detections: readonly Pick<Detection, 'box'>[],
  { width, height }: { readonly width: number; readonly height: number },
): boolean {
  const line = Math.max(width, height) * lineShare;
  const covered = detections.reduce(
    (sum, { box: [left, top, right, bottom] }) => sum + 2 * line * (right - left + bottom - top),
    0,
  );
  return covered > mostCovered * width * height;
}
