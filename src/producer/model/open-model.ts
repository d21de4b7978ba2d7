import { assertOneFile } from '../../model/cache/model-cache.ts';
import type { ModelOverrides } from '../../model/metadata/ultralytics-metadata.ts';
import { type LoadedModel, loadModel } from '../../model/yolo/load-model.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import type { RunSettings } from '../../shared/settings/run-settings.ts';
import type { AllowedPlaces } from '../../shared/storage/allowed-places.ts';
import { isS3Uri } from '../../shared/storage/s3/s3-uri.ts';
import type { Notices } from '../../shared/telemetry/notices.ts';
import { locateModel } from './locate-model.ts';
import { namingWarning } from './naming-warning.ts';

export interface ModelRequest extends Notices {
  /** As a person names it: a path, a training folder, `s3://...`, a pattern, `mlflow://...`. */
  readonly model: string;
  /** What is said of a model whose file does not say it, and where S3 is. */
  readonly settings: RunSettings;
  /** As a person names them; the head's inputs when absent. */
  readonly layers: readonly string[] | undefined;
  /** From a data.yaml or an earlier plan, for a model that names none. */
  readonly classNames?: readonly string[] | undefined;
  /** What people call the data.yaml that these names come from; absent for those of an earlier plan. */
  readonly namesFrom?: string;
  /** Where the model may be read from; anywhere when absent. */
  readonly ins?: AllowedPlaces | undefined;
  readonly signal?: AbortSignal;
}

export interface OpenedModel {
  readonly loaded: LoadedModel;
  /** Where it comes from, for run.json. */
  readonly uri: string;
}

/**
 * Finds a model, reads it, and tells what is worth a warning.
 *
 * @throws EigenfleetError `model` for the file, `usage` for layers that are not there.
 */
export async function openModel(request: ModelRequest): Promise<OpenedModel> {
  const { settings, note, warn, layers, classNames, namesFrom, signal } = request;
  const { onnxPath, uri, notes, warnings } = await locateModel(request.model, settings, {
    exportIfMissing: settings.export ?? false,
    onOutput: (text) => note(text.trimEnd()),
    ins: request.ins,
    ...(signal !== undefined && { signal }),
  });
  for (const sentence of notes) note(sentence);
  for (const warning of warnings) warn(warning);
  const overrides = overridesOf(settings);
  const loaded = await loadModel(onnxPath, { overrides, layers });
  if (isS3Uri(uri)) assertOneFile(uri, loaded.model.externalFiles);
  const unnamed = loaded.model.metadata.names === undefined && overrides.names === undefined;
  if (unnamed && classNames?.length === loaded.model.classNames.length) {
    const named = { ...overrides, names: classNames };
    return { uri, loaded: await loadModel(onnxPath, { overrides: named, layers }) };
  }
  for (const warning of loaded.model.warnings) warn(warning);
  const { answers } = traitsOf(loaded.model.task);
  if (answers && classNames !== undefined && namesFrom !== undefined) {
    const model = loaded.model.classNames;
    const differing = namingWarning({ dataset: classNames, source: namesFrom, model });
    if (differing !== undefined) warn(differing);
  }
  return { uri, loaded };
}

/** What a person says of a model whose file does not. */
export function overridesOf({ task, names, imgsz, prepare, rect }: RunSettings): ModelOverrides {
  return {
    ...(task !== undefined && { task }),
    ...(names !== undefined && { names }),
    ...(imgsz !== undefined && { imgsz }),
    ...(prepare !== undefined && { prepare }),
    ...(rect !== undefined && { rect }),
  };
}
