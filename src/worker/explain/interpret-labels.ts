import { labelRegions } from '../../evaluate/labels/label-regions.ts';
import { placeLabels } from '../../evaluate/labels/place-labels.ts';
import type { ReadLabels } from '../../evaluate/labels/read-labels.ts';
import type { CoveringObject } from '../../maps/object-coverage.ts';
import { countedObjects, type SampleLabels } from '../../shared/run/labels/sample-labels.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import { type Task, traitsOf } from '../../shared/run/task-traits.ts';

export function placedLabels(
  read: ReadLabels,
  geometry: LetterboxGeometry,
  task: Task,
): SampleLabels {
  return placeLabels(read, geometry, traitsOf(task).shape);
}

/** What measures compare maps with; `undefined` where nobody knows what is in the image, and for a class of all of it. */
export function labelRegionsOf(
  labels: SampleLabels,
  geometry: LetterboxGeometry,
  task: Task,
): CoveringObject[] | undefined {
  const { shape, classifies } = traitsOf(task);
  if (classifies || labels.status === 'unusable') return undefined;
  return labelRegions(countedObjects(labels), geometry, shape);
}
