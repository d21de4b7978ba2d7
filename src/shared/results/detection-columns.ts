import { z } from 'zod';
import type { ClassScore, Detection } from '../run/detection.ts';
import { double, int32, struct, text } from './parquet-elements.ts';

/*
 * What the model found in an image, as elements of the Parquet lists `boxes` and `class_scores`: encoding and decoding.
 */

const classElements = [int32('class_id', 'REQUIRED'), text('class_name', 'OPTIONAL')];
export const classScoreElements = struct([double('score', 'REQUIRED'), ...classElements]);
export const boxElements = struct([
  ...['x1', 'y1', 'x2', 'y2', 'score'].map((name) => double(name, 'REQUIRED')),
  ...classElements,
]);

/** zod's numbers are finite. */
export const classScoreSchema = z.object({ score: z.number(), class_id: z.number() });
export const boxSchema = z.object({
  x1: z.number(),
  y1: z.number(),
  x2: z.number(),
  y2: z.number(),
  ...classScoreSchema.shape,
});

/** By class id. */
type ClassNames = readonly string[];

export function storedBox(detection: Detection, names: ClassNames) {
  const { score, classId } = detection;
  const [x1, y1, x2, y2] = detection.box;
  return { x1, y1, x2, y2, score, class_id: classId, class_name: names[classId] };
}

export function storedClassScore({ score, classId }: ClassScore, names: ClassNames) {
  return { score, class_id: classId, class_name: names[classId] };
}

export function detectionOf(stored: z.infer<typeof boxSchema>): Detection {
  const { x1, y1, x2, y2, score, class_id } = stored;
  return { box: [x1, y1, x2, y2], score, classId: class_id };
}

export function classScoreOf({ score, class_id }: z.infer<typeof classScoreSchema>): ClassScore {
  return { classId: class_id, score };
}
