import { pathToFileURL } from 'node:url';
import { cacheModel } from '../../model/cache/model-cache.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import type { RunSettings } from '../../shared/settings/run-settings.ts';
import { localPathOf } from '../../shared/storage/local-path.ts';
import { isMlflowUri } from '../../shared/storage/mlflow/mlflow-uri.ts';
import { openStore } from '../../shared/storage/open-store.ts';
import { formatS3Uri, isS3Uri, parseS3Source } from '../../shared/storage/s3/s3-uri.ts';
import type { LocatedModel } from './located-model.ts';
import { assertReadable } from './model-places.ts';
import { type ModelSourceOptions, resolveModelSource } from './model-source.ts';
import { newestModel } from './newest-model.ts';

/**
 * Finds the ONNX file that a path, a file: or an s3:// address, a pattern of these, or a version in MLflow's registry means. What is not on this machine is fetched
 * into its cache.
 *
 * @throws EigenfleetError `model` when there is none.
 */
export async function locateModel(
  model: string,
  settings: RunSettings,
  options: ModelSourceOptions = {},
): Promise<LocatedModel> {
  if (isMlflowUri(model)) {
    // Loaded when needed: few runs name a model so.
    const { fetchMlflowModel } = await import('./mlflow/mlflow-model.ts');
    return fetchMlflowModel(model, settings, options);
  }
  await assertReadable(model, options);
  const newest = await newestModel(model, settings, options.named ?? '--model');
  const { place = model } = newest ?? {};
  const found = isS3Uri(place)
    ? await fetchModel(place, settings, options)
    : await findModel(place, options);
  return { ...found, notes: newest === undefined ? [] : [newest.sentence] };
}

type FoundModel = Omit<LocatedModel, 'notes'>;

async function findModel(place: string, options: ModelSourceOptions): Promise<FoundModel> {
  const found = await resolveModelSource(localPathOf(place) ?? place, options);
  // A folder or a link may lead to a file elsewhere.
  await assertReadable(found.onnxPath, options);
  return { ...found, uri: pathToFileURL(found.onnxPath).href };
}

async function fetchModel(
  model: string,
  settings: RunSettings,
  { named = '--model' }: ModelSourceOptions,
): Promise<FoundModel> {
  const { bucket, key } = parseS3Source(model);
  if (!/\.onnx$/i.test(key)) {
    throw new EigenfleetError(
      'model',
      `${model} is not an .onnx file. From S3, ${named} takes the address of one, such as s3://models/best.onnx, or a pattern such as s3://models/best-*.onnx for the newest.`,
    );
  }
  const store = openStore(`s3://${bucket}`, settings);
  const { path } = await cacheModel({ store, key });
  return { onnxPath: path, uri: formatS3Uri({ bucket, key }), warnings: [] };
}
