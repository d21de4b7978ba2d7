import type { NormalizedLabel } from '../../shared/run/labels/label.ts';
import type { LabeledObject, SampleLabels } from '../../shared/run/labels/sample-labels.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import type { ObjectShape } from '../../shared/run/task-traits.ts';
import { minimalBox } from './minimal-box.ts';
import type { ReadLabels } from './read-labels.ts';

/**
 * Labels in the pixels of their image.
 *
 * @param shape What the model finds: polygons become the rotated boxes around them where it finds such.
 */
export function placeLabels(
  { status, labels, remarks, digest, stated, where }: ReadLabels,
  size: Pick<LetterboxGeometry, 'width' | 'height'>,
  shape: ObjectShape,
): SampleLabels {
  const objects = labels.map((label) => placed(label, size, shape));
  const oddities = [
    stated !== undefined && isOtherShape(stated, size) && turned,
    shape === 'mask' && objects.some(({ polygons, rle }) => !polygons && !rle) && withoutMask,
    shape === 'rotated' && objects.some(({ rotated }) => !rotated) && withoutAngle,
  ];
  const odd = oddities.flatMap((what) => (what ? [{ what, where }] : []));
  return {
    status,
    objects,
    remarks: [...remarks, ...odd],
    ...(digest !== undefined && { digest }),
  };
}

const turned = 'the image is not of the shape that its labels are for: was it turned?';
const withoutMask = 'labels are boxes, and the model finds masks: heat is measured in the boxes';
const withoutAngle =
  'labels are boxes, and the model finds rotated ones: heat is measured in the boxes';

/** A smaller copy has the same shape, within a pixel. */
function isOtherShape(
  [width, height]: readonly [number, number],
  size: Pick<LetterboxGeometry, 'width' | 'height'>,
): boolean {
  const difference = Math.abs(width * size.height - height * size.width);
  return difference > Math.max(width, height, size.width, size.height);
}

function placed(
  { classId, box, polygons, rle, keypoints, crowd }: NormalizedLabel,
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
