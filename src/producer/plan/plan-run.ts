import { basename } from 'node:path';
import type { Terminal } from '../../cli/terminal/terminal.ts';
import { assertOneFile } from '../../model/cache/model-cache.ts';
import type { ModelOverrides } from '../../model/metadata/ultralytics-metadata.ts';
import { sessionBatch } from '../../model/session/session-batch.ts';
import { type LoadedModel, loadModel } from '../../model/yolo/load-model.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import { softwareVersions } from '../../shared/host/software-versions.ts';
import { openRun } from '../../shared/run/open-run.ts';
import { assertGivenName, resolveRun } from '../../shared/run/run-names.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import { type ExecutionOptions, resolveOptions } from '../../shared/settings/resolve-options.ts';
import { contradictionsOf } from '../../shared/settings/run-contradiction.ts';
import type { RunSettings } from '../../shared/settings/run-settings.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { isS3Uri } from '../../shared/storage/s3/s3-uri.ts';
import { ultralyticsDatasetsFolder } from '../dataset/datasets-folder.ts';
import { type ImageSource, openImageSource } from '../dataset/image-source.ts';
import { locateModel } from '../model/locate-model.ts';
import { planRun, type RunPlan } from './freeze-run.ts';
import { type ListedDataset, listDataset } from './listed-dataset.ts';
import { modelSpecOf, targetLayersOf } from './model-spec.ts';
import { namingWarning } from './naming-warning.ts';

/** A run settled down to its id, before anything was written. */
export interface LocalPlan {
  readonly plan: RunPlan;
  readonly loaded: LoadedModel;
  readonly execution: ExecutionOptions;
  /** Where the images are, for people. */
  readonly description: string;
  /** Gives temporary files back; after the plan was written. */
  close(): Promise<void>;
}

export interface PlanRequest {
  readonly settings: RunSettings;
  readonly store: ObjectStore;
  readonly terminal: Terminal;
  /** The command line, for run.json. */
  readonly command: string;
  readonly signal: AbortSignal;
}

/**
 * Reads the model, lists the images, settles the options; or opens the run that `--run` names. Throws `EigenfleetError` for whatever keeps
 * the run from being planned.
 */
export function planLocalRun(request: PlanRequest): Promise<LocalPlan> {
  const { run, name } = request.settings;
  if (name !== undefined) assertGivenName(name);
  return run === undefined ? planNewRun(request) : planContinuedRun(request, run);
}

async function planNewRun(request: PlanRequest): Promise<LocalPlan> {
  const { settings } = request;
  const { images, model, layers } = settings;
  if (images === undefined && model === undefined) {
    throw new EigenfleetError(
      'usage',
      'Which model and which images? Give both: --model best.onnx --images data/images.',
    );
  }
  if (images === undefined) {
    throw new EigenfleetError('usage', 'Which images? Give a folder with --images.');
  }
  if (model === undefined) {
    throw new EigenfleetError('usage', 'Which model? Give it with --model best.onnx.');
  }
  const source = await openSource(settings, images);
  const { loaded, uri } = await loadModelFor({
    ...request,
    ...{ model, layers, classNames: source.classNames, namesFrom: basename(images) },
  });
  const dataset = await listDataset(source.samples());
  try {
    warnOfAbsent(dataset, request.terminal);
    const targetLayers = targetLayersOf(loaded);
    const { explain: options, execution } = resolveOptions({
      settings,
      imageCount: dataset.images,
      targetLayers: targetLayers.map(({ name }) => name),
    });
    sessionBatch(loaded, execution.batch);
    const plan = planRun({
      model: modelSpecOf(loaded, uri),
      ...{ targetLayers, source, dataset, options },
      saidShardSize: settings.shardSize,
      versions: softwareVersions(),
      command: request.command,
      plannedAt: new Date(),
    });
    const { description } = source;
    return { plan, loaded, execution, description, close: () => dataset.close() };
  } catch (error) {
    await dataset.close();
    throw error;
  }
}

/** The images are those of the run's manifest; only what is said again is compared. */
async function planContinuedRun(request: PlanRequest, reference: string): Promise<LocalPlan> {
  const { settings, store } = request;
  const spec = await openRun(store, await resolveRun(store, reference));
  const model = settings.model ?? spec.model.uri;
  const layers = settings.layers ?? spec.targetLayers.map(({ tensor }) => tensor);
  const { classNames } = spec.model;
  const { loaded, uri } = await loadModelFor({ ...request, model, layers, classNames });
  const { explain, execution } = resolveOptions({
    settings,
    imageCount: spec.dataset.images,
    targetLayers: loaded.layers.map(({ name }) => name),
  });
  sessionBatch(loaded, execution.batch);
  const modelSha256 = loaded.sha256;
  const digest = await digestOfSaid(settings, spec);
  const clauses = contradictionsOf({ spec, settings, explain, modelSha256, ...digest });
  if (clauses.length > 0) {
    throw new EigenfleetError(
      'usage',
      `Run ${spec.runId} cannot be continued like this: ${clauses.join('; ')}. Leave out what differs, or leave out --run to start another run.`,
    );
  }
  return {
    plan: { spec: { ...spec, model: modelSpecOf(loaded, uri) }, manifests: noManifests },
    ...{ loaded, execution, description: spec.dataset.source },
    close: async () => {},
  };
}

/** A run that is continued has its manifest already. */
async function* noManifests(): ReturnType<RunPlan['manifests']> {}

/** The digest of the images as they are now, when the command says which they are. */
async function digestOfSaid(settings: RunSettings, spec: RunSpec): Promise<{ digest?: string }> {
  const { images, split, include, exclude, limit } = settings;
  const said = [images, split, include, exclude, limit].some((part) => part !== undefined);
  if (!said) return {};
  const source = await openSource(settings, images ?? spec.dataset.source);
  const dataset = await listDataset(source.samples());
  await dataset.close();
  return { digest: dataset.digest };
}

async function openSource(settings: RunSettings, source: string): Promise<ImageSource> {
  const { split, include, exclude, limit } = settings;
  const datasetsDir = await ultralyticsDatasetsFolder();
  const choice = { split, include, exclude, limit, datasetsDir };
  return openImageSource({ source, ...choice, storage: settings });
}

interface ModelRequest extends PlanRequest {
  readonly model: string;
  readonly layers: readonly string[] | undefined;
  /** From a data.yaml or an earlier plan, for a model that names none. */
  readonly classNames: readonly string[] | undefined;
  /** What people call the data.yaml that these names come from; absent for those of an earlier plan. */
  readonly namesFrom?: string;
}

interface PlannedModel {
  readonly loaded: LoadedModel;
  /** Where it comes from, for run.json. */
  readonly uri: string;
}

function warnOfAbsent({ absent, images }: ListedDataset, terminal: Terminal): void {
  const { count, firstKey } = absent;
  if (count === 0) return;
  const which = count === 1 ? `"${firstKey}"` : `the first is "${firstKey}"`;
  terminal.warn(
    `${count} of the ${images} images cannot be read and will be counted as failed, with the reason: ${which}.`,
  );
}

async function loadModelFor(request: ModelRequest): Promise<PlannedModel> {
  const { settings, terminal, layers, classNames, namesFrom, signal } = request;
  const { onnxPath, uri, warnings } = await locateModel(request.model, settings, {
    exportIfMissing: settings.export ?? false,
    onOutput: (text) => terminal.note(text.trimEnd()),
    signal,
  });
  for (const warning of warnings) terminal.warn(warning);
  const overrides = overridesOf(settings);
  const loaded = await loadModel(onnxPath, { overrides, layers });
  if (isS3Uri(uri)) assertOneFile(uri, loaded.model.externalFiles);
  const unnamed = loaded.model.metadata.names === undefined && overrides.names === undefined;
  if (unnamed && classNames?.length === loaded.model.classNames.length) {
    const named = { ...overrides, names: classNames };
    return { uri, loaded: await loadModel(onnxPath, { overrides: named, layers }) };
  }
  for (const warning of loaded.model.warnings) terminal.warn(warning);
  if (classNames !== undefined && namesFrom !== undefined) {
    const model = loaded.model.classNames;
    const differing = namingWarning({ dataset: classNames, source: namesFrom, model });
    if (differing !== undefined) terminal.warn(differing);
  }
  return { uri, loaded };
}

/** What a person says of a model whose file does not. */
export function overridesOf({ task, names, imgsz }: RunSettings): ModelOverrides {
  return {
    ...(task !== undefined && { task }),
    ...(names !== undefined && { names }),
    ...(imgsz !== undefined && { imgsz }),
  };
}
