import { pathToFileURL } from 'node:url';
import { cacheModel } from '../../model/cache/model-cache.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import type { RunSettings } from '../../shared/settings/run-settings.ts';
import { localPathOf } from '../../shared/storage/local-path.ts';
import { openStore } from '../../shared/storage/open-store.ts';
import { formatS3Uri, isS3Uri, parseS3Source } from '../../shared/storage/s3/s3-uri.ts';
import { type ModelSourceOptions, resolveModelSource } from './model-source.ts';

export interface LocatedModel {
  /** Of a file on this machine. */
  readonly onnxPath: string;
  /** Where it comes from: `file:///...` or `s3://...`. */
  readonly uri: string;
  /** Sentences for people. */
  readonly warnings: readonly string[];
}

/**
 * Finds the ONNX file that a path, a file: or an s3:// address means; the last is fetched into the cache of this machine.
 *
 * @throws EigenfleetError `model` when there is none.
 */
export async function locateModel(
  model: string,
  settings: RunSettings,
  options: ModelSourceOptions = {},
): Promise<LocatedModel> {
  if (isS3Uri(model)) return fetchModel(model, settings, options);
  const found = await resolveModelSource(localPathOf(model) ?? model, options);
  return { ...found, uri: pathToFileURL(found.onnxPath).href };
}

async function fetchModel(
  model: string,
  settings: RunSettings,
  { named = '--model' }: ModelSourceOptions,
): Promise<LocatedModel> {
  const { bucket, key } = parseS3Source(model);
  if (!/\.onnx$/i.test(key)) {
    throw new EigenfleetError(
      'model',
      `${model} is not an .onnx file. From S3, ${named} takes the address of one, such as s3://models/best.onnx.`,
    );
  }
  const store = openStore(`s3://${bucket}`, settings);
  const { path } = await cacheModel({ store, key });
  return { onnxPath: path, uri: formatS3Uri({ bucket, key }), warnings: [] };
}
