import type { Detection } from '../../shared/run/detection.ts';
import type { LabeledObject } from '../../shared/run/labels/sample-labels.ts';
import { boxOverlaps } from '../matching/box-overlap.ts';
import { rotatedOverlaps } from '../matching/rotated-overlap.ts';

/** What of an object is overlapped. */
type Placed = Pick<Detection | LabeledObject, 'box' | 'rotated'>;

/**
 * IoU of every detection with every label, [detections, labels], in pixels of the original image: of rotated boxes where both have them (as Ultralytics, by their
 * covariances), else of boxes.
 */
export function objectOverlaps(
  detections: readonly Placed[],
  labels: readonly Placed[],
): Float64Array {
  const areRotated = [...detections, ...labels].every(({ rotated }) => rotated !== undefined);
  const byLabel = areRotated
    ? rotatedOverlaps(rotatedOf(labels), rotatedOf(detections))
    : boxOverlaps(boxesOf(labels), boxesOf(detections));
  const overlaps = new Float64Array(byLabel.length);
  for (let label = 0, at = 0; label < labels.length; label++) {
    for (let one = 0; one < detections.length; one++, at++) {
      overlaps[one * labels.length + label] = byLabel[at] ?? 0;
    }
  }
  return overlaps;
}

function boxesOf(objects: readonly Placed[]): Float32Array {
  return Float32Array.from(objects.flatMap(({ box }) => box));
}

function rotatedOf(objects: readonly Placed[]): Float32Array {
  return Float32Array.from(
    objects.flatMap(({ rotated: one }) =>
      one === undefined ? [] : [one.centerX, one.centerY, one.width, one.height, one.angle],
    ),
  );
}
