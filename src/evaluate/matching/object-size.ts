import type { RotatedBox, Xyxy } from '../../shared/run/detection.ts';
import type { ObjectSize } from '../result/object-row.ts';

/** COCO's limits, sides of squares in pixels of the original image. */
const [mediumSide, largeSide] = [32, 96];

/** By the area of its box, of a rotated object of the rotated one: COCO's limits, though COCO measures masks where it has them. */
export function objectSize({
  box: [left, top, right, bottom],
  rotated,
}: {
  readonly box: Xyxy;
  readonly rotated?: RotatedBox;
}): ObjectSize {
  const area = rotated ? rotated.width * rotated.height : (right - left) * (bottom - top);
  if (area < mediumSide ** 2) return 'small';
  return area < largeSide ** 2 ? 'medium' : 'large';
}
