import type { ExplainedImage } from '../../src/index.ts';
import { boxOverlap } from './box-overlap.ts';

/** Sum over the objects of a class of the highest score of that class that another answer has where they are: at IoU 0.5 or more, 0 where nothing is left. */
export function matchedScore(
  { detections }: ExplainedImage,
  classId: number,
  answer: ExplainedImage,
): number {
  const left = answer.detections.filter((one) => one.classId === classId);
  return detections
    .filter((one) => one.classId === classId)
    .map(({ box }) => left.filter((one) => boxOverlap(one.box, box) >= 0.5))
    .reduce((sum, near) => sum + Math.max(0, ...near.map(({ score }) => score)), 0);
}
