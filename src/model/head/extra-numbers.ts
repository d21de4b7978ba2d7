import { EigenfleetError } from '../../shared/errors.ts';
import type { Task } from '../../shared/run/task-traits.ts';
import { isAtLeast } from '../onnx/tensor-shape.ts';
import type { HeadFacts } from './head.ts';
import { prototypesOf } from './prototypes.ts';

/** Numbers that a box carries behind its class scores: mask coefficients, keypoints, or the angle. */
const extraNumbers: Readonly<Record<Task, (facts: HeadFacts) => number>> = {
  detect: () => 0,
  classify: () => 0,
  segment: (facts) => prototypesOf(facts).count,
  pose: (facts) => {
    const [points, numbers] = keypointShapeOf(facts);
    return points * numbers;
  },
  obb: () => 1,
  none: () => 0,
};

export function extraNumbersOf(facts: HeadFacts): number {
  return extraNumbers[facts.task](facts);
}

/** Keypoints of a pose model, and the numbers of each: x, y, and mostly visibility. From the metadata, or deduced from the output's shape. */
export function keypointShapeOf(facts: HeadFacts): readonly [points: number, numbers: 2 | 3] {
  const { metadata, file } = facts;
  const [points, numbers] = metadata.keypointShape ?? deducedKeypoints(facts);
  if (numbers === 2 || numbers === 3) return [points, numbers];
  throw new EigenfleetError(
    'model',
    `${file.name} has ${points} keypoints of ${numbers} numbers, and 2 (x, y) or 3 (x, y, visibility) can be read: export it again.`,
  );
}

/** Ultralytics' own pose models have these, COCO's. */
const usualKeypoints = [17, 3] as const;

/** Three numbers a point where that is possible, as nearly all models have. */
function deducedKeypoints(facts: HeadFacts): readonly [number, number] {
  const total = deducedNumbers(facts);
  if (total === undefined) return usualKeypoints;
  return total % 3 === 0 ? [total / 3, 3] : [total / 2, 2];
}

function deducedNumbers({ metadata, outputs }: HeadFacts): number | undefined {
  const [, channels = 'dynamic', columns = 'dynamic'] = outputs[0]?.shape ?? [];
  const isRows = metadata.suppressed || (columns !== 'dynamic' && isAtLeast(channels, columns));
  const behind = isRows ? 6 : 4 + (metadata.names?.size ?? Number.NaN);
  const length = isRows ? columns : channels;
  const total = length === 'dynamic' ? Number.NaN : length - behind;
  return total > 0 && (total % 3 === 0 || total % 2 === 0) ? total : undefined;
}
