import type { SchemaElement } from 'hyparquet';
import { z } from 'zod';
import type { ClassScore, Detection, RotatedBox } from '../run/detection.ts';
import type { LabeledObject } from '../run/labels/sample-labels.ts';
import { rotatedCorners } from '../run/rotated-corners.ts';
import { type ObjectShape, type Task, traitsOf } from '../run/task-traits.ts';
import { boolean, double, group, int32, list, struct, text } from './parquet-elements.ts';

/*
 * What the model found in an image, as elements of the Parquet lists `boxes` and `class_scores`: encoding and decoding. What only some tasks have is absent
 * for the others, and null in files of earlier versions.
 */

const classElements = [int32('class_id', 'REQUIRED'), text('class_name', 'OPTIONAL')];
export const classScoreElements = struct([double('score', 'REQUIRED'), ...classElements]);
const edges = doubles(['x1', 'y1', 'x2', 'y2']);
const polygons = list('polygons', list('element', doubles(['element'])), 'OPTIONAL');
const rleSize = list('size', [int32('element', 'REQUIRED')]);
const rle = group('rle', [rleSize, text('counts', 'REQUIRED')]);
const keypoints = list('keypoints', struct(doubles(['x', 'y', 'visibility'])), 'OPTIONAL');
const rotatedBox = doubles(['center_x', 'center_y', 'width', 'height', 'angle']);
const corners = list('corners', struct(doubles(['x', 'y'])));
const rotated = group('rotated', [...rotatedBox, corners]);
const shapes: Readonly<Record<ObjectShape, readonly SchemaElement[][]>> = {
  box: [],
  mask: [polygons, rle],
  keypoints: [keypoints],
  rotated: [rotated],
};
const everyShape = Object.values(shapes).flat();
/** Of a label: no score, and whether it is a crowd. */
const crowd = boolean('crowd', 'REQUIRED');
export const labelElements = struct([...edges, ...classElements, ...everyShape, crowd]);

/** With the shape that objects of a task have; without a task with every one. */
export function boxElements(task: Task | undefined): SchemaElement[] {
  const own = task === undefined ? everyShape : shapes[traitsOf(task).shape];
  return struct([...edges, ...doubles(['score']), ...classElements, ...own]);
}

/** zod's numbers are finite. */
export const classScoreSchema = z.object({ score: z.number(), class_id: z.number() });
const rleSchema = z.object({
  size: z.tuple([z.number(), z.number()]),
  counts: z.string(),
});
const keypointSchema = z.object({ x: z.number(), y: z.number(), visibility: z.number() });
const rotatedSchema = z.object({
  center_x: z.number(),
  center_y: z.number(),
  width: z.number(),
  height: z.number(),
  angle: z.number(),
});
const objectSchema = z.object({
  x1: z.number(),
  y1: z.number(),
  x2: z.number(),
  y2: z.number(),
  class_id: z.number(),
  polygons: z.array(z.array(z.number())).nullish(),
  rle: rleSchema.nullish(),
  keypoints: z.array(keypointSchema).nullish(),
  rotated: rotatedSchema.nullish(),
});
export const boxSchema = objectSchema.extend({ score: z.number() });
export const labelSchema = objectSchema.extend({ crowd: z.boolean() });

/** By class id. */
type ClassNames = readonly string[];

export function storedBox(detection: Detection, names: ClassNames) {
  const { score, classId, mask, keypoints, rotated } = detection;
  const [x1, y1, x2, y2] = detection.box;
  return {
    ...{ x1, y1, x2, y2, score, class_id: classId, class_name: names[classId] },
    ...{ polygons: mask?.polygons, rle: mask?.rle, keypoints },
    rotated: rotated && storedRotated(rotated),
  };
}

export function storedLabel(label: LabeledObject, names: ClassNames) {
  const { classId, polygons, rle, keypoints, rotated, crowd = false } = label;
  const [x1, y1, x2, y2] = label.box;
  return {
    ...{ x1, y1, x2, y2, class_id: classId, class_name: names[classId], crowd },
    ...{ polygons, rle, keypoints, rotated: rotated && storedRotated(rotated) },
  };
}

function storedRotated(rotated: RotatedBox) {
  const { centerX, centerY, width, height, angle } = rotated;
  const corners = rotatedCorners(rotated).map(([x, y]) => ({ x, y }));
  return { center_x: centerX, center_y: centerY, width, height, angle, corners };
}

export function storedClassScore({ score, classId }: ClassScore, names: ClassNames) {
  return { score, class_id: classId, class_name: names[classId] };
}

type StoredBox = z.infer<typeof boxSchema>;

export function detectionOf(stored: StoredBox): Detection {
  const { x1, y1, x2, y2, score, class_id, polygons, rle, keypoints, rotated } = stored;
  return {
    ...{ box: [x1, y1, x2, y2], score, classId: class_id },
    ...(rle && { mask: { polygons: polygons ?? [], rle } }),
    ...(keypoints && { keypoints }),
    ...(rotated && { rotated: rotatedOf(rotated) }),
  };
}

export function labelOf(stored: z.infer<typeof labelSchema>): LabeledObject {
  const { x1, y1, x2, y2, class_id, polygons, rle, keypoints, rotated, crowd } = stored;
  return {
    ...{ box: [x1, y1, x2, y2], classId: class_id },
    ...(polygons && { polygons }),
    ...(rle && { rle }),
    ...(keypoints && { keypoints }),
    ...(rotated && { rotated: rotatedOf(rotated) }),
    ...(crowd && { crowd: true as const }),
  };
}

function rotatedOf({
  center_x,
  center_y,
  width,
  height,
  angle,
}: z.infer<typeof rotatedSchema>): RotatedBox {
  return { centerX: center_x, centerY: center_y, width, height, angle };
}

export function classScoreOf({ score, class_id }: z.infer<typeof classScoreSchema>): ClassScore {
  return { classId: class_id, score };
}

function doubles(names: readonly string[]): SchemaElement[] {
  return names.map((name) => double(name, 'REQUIRED'));
}
