import { EigenfleetError } from '../../shared/errors.ts';
import type { TensorInfo } from '../onnx/tensor-info.ts';
import { type HeadFacts, type HeadOutput, withoutAnswer } from './head.ts';

/** The second output of a segment model: [B, count, height, width], of which each mask is a weighted sum. */
export interface Prototypes extends HeadOutput {
  readonly count: number;
}

/**
 * Found by its four axes, and the finest of several: somebody may have made layers outputs too, and prototypes are finer than the levels of a head. Throws
 * `EigenfleetError('model')` for a file without such an output.
 */
export function prototypesOf({ outputs, file }: HeadFacts): Prototypes {
  const [found] = outputs
    .filter(({ shape }) => shape.length === 4)
    .toSorted((a, b) => cellsOf(b) - cellsOf(a));
  const count = found?.shape[1];
  if (found === undefined || count === undefined) {
    throw new EigenfleetError(
      'model',
      `${file.name} is declared a segment model and has no mask prototypes, an output [batch, 32, height, width]: set the right task with --task, or export it again. ${withoutAnswer}`,
    );
  }
  const elemType = found.elemType === 'float16' ? 'float16' : 'float32';
  return { output: found.name, elemType, count: count === 'dynamic' ? usualCount : count };
}

function cellsOf({ shape: [, , height, width] }: TensorInfo): number {
  return typeof height === 'number' && typeof width === 'number' ? height * width : 0;
}

/** Ultralytics' `nm`. */
const usualCount = 32;
