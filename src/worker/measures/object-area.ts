import { clipPolygon, polygonArea } from '../../maps/convex-polygon.ts';
import { visitRuns } from '../../shared/run/coco-rle.ts';
import type { Detection } from '../../shared/run/detection.ts';
import { rotatedCorners } from '../../shared/run/rotated-corners.ts';

/** Pixels of the original image that an object covers: of its mask, of the part of its rotated box inside the image, or of its box. */
export function objectArea(
  { box, mask, rotated }: Detection,
  { width, height }: { readonly width: number; readonly height: number },
): number {
  if (mask !== undefined) {
    let pixels = 0;
    visitRuns(mask.rle, (start, end) => {
      pixels += end - start;
    });
    return pixels;
  }
  if (rotated !== undefined) {
    const corners = rotatedCorners(rotated).flat();
    return polygonArea(clipPolygon(clipPolygon(corners, 0, 0, width), 1, 0, height));
  }
  const [left, top, right, bottom] = box;
  return (right - left) * (bottom - top);
}
