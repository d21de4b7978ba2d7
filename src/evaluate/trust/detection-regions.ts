import type { CoveringObject } from '../../maps/object-coverage.ts';
import type { Detection } from '../../shared/run/detection.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import type { ObjectShape } from '../../shared/run/task-traits.ts';
import { labelRegions } from '../labels/label-regions.ts';

/** The regions of stored detections, in their form: masks come from their run lengths, since a row does not hold them on the model's input. */
export function detectionRegions(
  detections: readonly Detection[],
  geometry: LetterboxGeometry,
  shape: ObjectShape,
): CoveringObject[] {
  const objects = detections.map(({ classId, box, rotated, mask }) => ({
    ...{ classId, box },
    ...(rotated && { rotated }),
    ...(mask && { rle: mask.rle }),
  }));
  return labelRegions(objects, geometry, shape);
}
