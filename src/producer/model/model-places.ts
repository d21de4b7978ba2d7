import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EigenfleetError } from '../../shared/errors.ts';
import { localPathOf } from '../../shared/storage/local-path.ts';
import { isMlflowUri } from '../../shared/storage/mlflow/mlflow-uri.ts';
import { isS3Uri } from '../../shared/storage/s3/s3-uri.ts';
import type { ModelSourceOptions } from './model-source.ts';

/**
 * Refuses a place outside those that a service may read models from, before anything of it is read.
 *
 * @param place A path, a `file:` or `s3://` address, or one of MLflow's registry.
 * @throws EigenfleetError `model`
 */
export async function assertReadable(
  place: string,
  { ins }: Pick<ModelSourceOptions, 'ins'>,
): Promise<void> {
  if (ins === undefined) return;
  const isAddress = isS3Uri(place) || isMlflowUri(place) || localPathOf(place) !== undefined;
  if (await ins.has(isAddress ? place : pathToFileURL(resolve(place)).href)) return;
  throw new EigenfleetError(
    'model',
    `The model ${place} is not below the places that this process may read: see its --allow-in.`,
  );
}
