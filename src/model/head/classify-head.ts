import type { ClassScore } from '../../shared/run/detection.ts';

/** The `count` most probable classes, best first; equal probabilities in class order. `probabilities`: [classes], after softmax. */
export function topClasses(probabilities: Float32Array, count = 5): ClassScore[] {
  return Array.from(probabilities, (score, classId) => ({ classId, score }))
    .sort((a, b) => b.score - a.score)
    .slice(0, count);
}
