import type {
  LabeledObject,
  LabelSpec,
  NormalizedLabel,
  SampleLabels,
} from '../../shared/run/labels/label.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import type { ObjectShape } from '../../shared/run/task-traits.ts';
import { minimalBox } from './minimal-box.ts';
import type { ReadLabels } from './read-labels.ts';

export interface PlaceRules {
  readonly spec: Pick<LabelSpec, 'classes'>;
  /** What the model finds. */
  readonly shape: ObjectShape;
}

/** Labels in the pixels of their image, and of the model's classes: those that it lacks are left out, with a remark. */
export function placeLabels(
  { status, labels, remarks, digest, name }: ReadLabels,
  size: Pick<LetterboxGeometry, 'width' | 'height'>,
  { spec, shape }: PlaceRules,
): SampleLabels {
  const objects: LabeledObject[] = [];
  const foreign = new Set<string>();
  for (const label of labels) {
    const matched = spec.classes?.[label.classId];
    const classId = spec.classes === undefined ? label.classId : matched?.classId;
    if (classId === undefined || classId === null) foreign.add(matched?.name ?? '?');
    else objects.push(placed(label, classId, size, shape));
  }
  const lacking = [...foreign].map((one) => ({
    what: `the model has no class "${one}"`,
    where: name,
  }));
  return {
    // An image of which nothing is left is not known to be background.
    status: foreign.size > 0 && objects.length === 0 ? 'unusable' : status,
    objects,
    remarks: [...remarks, ...lacking],
    ...(digest !== undefined && { digest }),
  };
}

function placed(
  { box, polygons, rle, keypoints, crowd }: NormalizedLabel,
  classId: number,
  { width, height }: Pick<LetterboxGeometry, 'width' | 'height'>,
  shape: ObjectShape,
): LabeledObject {
  const [left, top, right, bottom] = box;
  const outlines = polygons?.map((polygon) =>
    polygon.map((value, i) => value * (i % 2 === 0 ? width : height)),
  );
  const corners = outlines?.flat() ?? [];
  return {
    classId,
    box: [
      within(left * width, width),
      within(top * height, height),
      within(right * width, width),
      within(bottom * height, height),
    ],
    ...(outlines && { polygons: outlines }),
    ...(rle && { rle }),
    ...(keypoints && { keypoints: placedKeypoints(keypoints, width, height) }),
    ...(shape === 'rotated' && corners.length >= 6 && { rotated: minimalBox(corners) }),
    ...(crowd && { crowd }),
  };
}

function placedKeypoints(values: readonly number[], width: number, height: number) {
  return Array.from({ length: Math.floor(values.length / 3) }, (_, i) => {
    const [x = 0, y = 0, visibility = 0] = values.slice(3 * i, 3 * i + 3);
    return { x: x * width, y: y * height, visibility };
  });
}

function within(value: number, most: number): number {
  return Math.min(Math.max(value, 0), most);
}
