import { EigenfleetError } from '../../shared/errors.ts';
import type { HeadFacts, HeadOutput } from './head.ts';

/** The second output of a segment model: [B, count, height, width], of which each mask is a weighted sum. */
export interface Prototypes extends HeadOutput {
  readonly count: number;
}

/** Found by its four axes. Throws `EigenfleetError('model')` for a file without such an output. */
export function prototypesOf({ outputs, file }: HeadFacts): Prototypes {
  const found = outputs.find(({ shape }) => shape.length === 4);
  const count = found?.shape[1];
  if (found === undefined || count === undefined) {
    throw new EigenfleetError(
      'model',
      `${file.name} is a segment model without mask prototypes: its output [batch, 32, height, width] is missing, so export it again.`,
    );
  }
  const elemType = found.elemType === 'float16' ? 'float16' : 'float32';
  return { output: found.name, elemType, count: count === 'dynamic' ? usualCount : count };
}

/** Ultralytics' `nm`. */
const usualCount = 32;
