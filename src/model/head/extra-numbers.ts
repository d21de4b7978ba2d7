import type { Task } from '../../shared/run/task-traits.ts';
import type { HeadFacts } from './head.ts';

/** Numbers that a box carries behind its class scores: 32 mask coefficients, keypoints, or the angle. */
const extraNumbers: Readonly<Record<Task, (facts: HeadFacts) => number>> = {
  detect: () => 0,
  classify: () => 0,
  segment: ({ outputs }) => {
    const prototypes = outputs.find((output) => output.shape.length === 4)?.shape[1];
    return typeof prototypes === 'number' ? prototypes : 32;
  },
  pose: ({ metadata }) => {
    const [points, numbers] = metadata.keypointShape ?? [17, 3];
    return points * numbers;
  },
  obb: () => 1,
  none: () => 0,
};

export function extraNumbersOf(facts: HeadFacts): number {
  return extraNumbers[facts.task](facts);
}
