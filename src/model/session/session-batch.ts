import { EigenfleetError } from '../../shared/errors.ts';
import type { LoadedModel } from '../yolo/load-model.ts';

/**
 * Returns images per run of the session. Throws `EigenfleetError('usage')` when `wanted` contradicts a file whose batch is fixed.
 */
export function sessionBatch({ model }: LoadedModel, wanted: number | undefined): number {
  if (model.batch === 'dynamic') return wanted ?? 1;
  if (wanted === undefined || wanted === model.batch) return model.batch;
  throw new EigenfleetError(
    'usage',
    `--batch ${wanted} does not fit ${model.name}, which was exported with a fixed batch of ${model.batch}: drop --batch, or export again with "dynamic=True".`,
  );
}
