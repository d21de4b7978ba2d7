import type { LabeledObject } from '../../shared/run/labels/sample-labels.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import { rotatedCorners } from '../../shared/run/rotated-corners.ts';
import type { ObjectShape } from '../../shared/run/task-traits.ts';
import { minimalBox } from '../labels/minimal-box.ts';
import { bodyPart, type KeypointLabels } from './keypoint-overlap.ts';

/** Labels of one image in pixels of the model's input, in float32 as `val` has them; flat arrays over `count`. Crowds are left out. */
export interface InputLabels {
  readonly count: number;
  /** [count]: which of the image's objects each is. */
  readonly indexes: Int32Array;
  /** [count] */
  readonly classIds: Int32Array;
  /** [count, 4]: left, top, right, bottom. */
  readonly boxes: Float32Array;
}

export interface PlacedLabels {
  readonly objects: readonly LabeledObject[];
  readonly geometry: LetterboxGeometry;
  /** Which of the image's objects count, in the order in which they are matched; all but crowds when absent. */
  readonly order?: readonly number[];
}

/** Objects that are matched. Ultralytics' labels know no crowds: its converter of COCO drops them, and so a detection on one is a false positive. */
export function matchedObjects(objects: readonly LabeledObject[]): number[] {
  return objects.flatMap(({ crowd }, i) => (crowd === true ? [] : [i]));
}

export function inputLabels({ objects, geometry, order }: PlacedLabels): InputLabels {
  const indexes = Int32Array.from(order ?? matchedObjects(objects));
  const place = placeInInput(geometry);
  const boxes = new Float32Array(4 * indexes.length);
  for (const [i, index] of indexes.entries()) {
    const [left = 0, top = 0, right = 0, bottom = 0] = objects[index]?.box ?? [];
    boxes.set([place.x(left), place.y(top), place.x(right), place.y(bottom)], 4 * i);
  }
  return {
    count: indexes.length,
    indexes,
    classIds: indexes.map((index) => objects[index]?.classId ?? 0),
    boxes,
  };
}

/** [count, 5]: the smallest rotated box around each label's outline in the input; around its box where it has none. */
export function inputRotated(
  { indexes }: InputLabels,
  { objects, geometry }: PlacedLabels,
): Float32Array {
  const place = placeInInput(geometry);
  const rotated = new Float32Array(5 * indexes.length);
  for (const [i, index] of indexes.entries()) {
    const corners = cornersOf(objects[index]);
    const laid = corners.map((value, at) =>
      Math.fround(at % 2 === 0 ? place.x(value) : place.y(value)),
    );
    const { centerX, centerY, width, height, angle } = minimalBox(laid);
    rotated.set([centerX, centerY, width, height, angle], 5 * i);
  }
  return rotated;
}

function cornersOf(object: LabeledObject | undefined): readonly number[] {
  if (object === undefined) return [];
  if (object.polygons !== undefined) return object.polygons.flat();
  if (object.rotated !== undefined) return rotatedCorners(object.rotated).flat();
  const [left, top, right, bottom] = object.box;
  return [left, top, right, top, right, bottom, left, bottom];
}

/** A label without keypoints has none to be found. */
export function inputKeypoints(
  { indexes, boxes }: InputLabels,
  { objects, geometry }: PlacedLabels,
  points: number,
): KeypointLabels {
  const place = placeInInput(geometry);
  const keypoints = new Float32Array(3 * points * indexes.length);
  const areas = new Float32Array(indexes.length);
  for (const [i, index] of indexes.entries()) {
    const [left = 0, top = 0, right = 0, bottom = 0] = boxes.subarray(4 * i, 4 * i + 4);
    areas[i] = Math.fround(Math.fround(right - left) * Math.fround(bottom - top)) * bodyPart;
    const found = objects[index]?.keypoints?.slice(0, points) ?? [];
    for (const [point, { x, y, visibility }] of found.entries()) {
      keypoints.set([place.x(x), place.y(y), visibility], 3 * (points * i + point));
    }
  }
  return { keypoints, areas };
}

/** Whether every label has what its form of overlap is taken from; Ultralytics refuses a dataset where one has not. */
export function lackingLabels(objects: readonly LabeledObject[], shape: ObjectShape): number {
  const isThere: Readonly<Record<ObjectShape, (object: LabeledObject) => boolean>> = {
    box: () => true,
    mask: ({ polygons, rle }) => polygons !== undefined || rle !== undefined,
    keypoints: ({ keypoints }) => keypoints !== undefined,
    rotated: ({ rotated, polygons }) => rotated !== undefined || polygons !== undefined,
  };
  return matchedObjects(objects).filter((i) => !isThere[shape](objects[i]!)).length;
}

/** From pixels of the original image to those of the model's input, not clipped. */
export function placeInInput({ width, height, newWidth, newHeight, left, top }: LetterboxGeometry) {
  return {
    x: (value: number) => (value * newWidth) / width + left,
    y: (value: number) => (value * newHeight) / height + top,
  };
}
