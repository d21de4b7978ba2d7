import { fileURLToPath } from 'node:url';
import { type LoadedModel, loadModel } from '../model/load-model.ts';
import type { ModelOverrides } from '../model/ultralytics-metadata.ts';
import { type ImageSource, openImageSource } from '../producer/image-source.ts';
import { type ListedDataset, listDataset } from '../producer/listed-dataset.ts';
import { resolveModelSource } from '../producer/model-source.ts';
import { planRun, type RunPlan } from '../producer/run-plan.ts';
import { EigenfleetError } from '../shared/errors.ts';
import type { ObjectStore } from '../shared/object-store.ts';
import { openRun } from '../shared/open-run.ts';
import { type ExecutionOptions, resolveOptions } from '../shared/resolve-options.ts';
import { contradictionsOf } from '../shared/run-contradiction.ts';
import { resolveRun } from '../shared/run-names.ts';
import type { RunSettings } from '../shared/run-settings.ts';
import type { ExplainOptions } from '../shared/run-spec.ts';
import { softwareVersions } from '../shared/software-versions.ts';
import { ultralyticsDatasetsFolder } from './datasets-folder.ts';
import { modelSpecOf, targetLayersOf } from './model-spec.ts';
import type { Terminal } from './terminal.ts';

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
 * Reads the model, lists the images, settles the options. Throws `EigenfleetError` for whatever keeps the run from being planned.
 */
export async function planLocalRun(request: PlanRequest): Promise<LocalPlan> {
  const { settings, store } = request;
  const continued = settings.run === undefined ? undefined : await openNamed(store, settings.run);
  const source = await openSource(settings, continued?.dataset);
  const model = settings.model ?? (continued && fileURLToPath(continued.model.uri));
  if (model === undefined) {
    throw new EigenfleetError('usage', 'Which model? Give it with --model best.onnx.');
  }
  const layers = settings.layers ?? continued?.options.targetLayers;
  const loaded = await loadModelFor({ ...request, model, layers, source });
  const dataset = await listDataset(source.samples());
  try {
    const targetLayers = targetLayersOf(loaded);
    const { explain, execution } = resolveOptions({
      settings,
      imageCount: dataset.images,
      targetLayers: targetLayers.map(({ name }) => name),
    });
    const options = continued
      ? continuedOptions(request, { spec: continued, explain, loaded, dataset })
      : explain;
    const plan = planRun({
      model: modelSpecOf(loaded),
      ...{ targetLayers, source, dataset, options },
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

type Spec = Awaited<ReturnType<typeof openRun>>;

async function openNamed(store: ObjectStore, reference: string): Promise<Spec> {
  return openRun(store, await resolveRun(store, reference));
}

async function openSource(
  settings: RunSettings,
  dataset: Spec['dataset'] | undefined,
): Promise<ImageSource> {
  const source = settings.images ?? dataset?.source;
  if (source === undefined) {
    throw new EigenfleetError('usage', 'Which images? Give a folder with --images.');
  }
  const { split, include, exclude, limit } = settings;
  const datasetsDir = await ultralyticsDatasetsFolder();
  return openImageSource({ source, ...{ split, include, exclude, limit, datasetsDir } });
}

interface ModelRequest extends PlanRequest {
  readonly model: string;
  readonly layers: readonly string[] | undefined;
  readonly source: ImageSource;
}

async function loadModelFor(request: ModelRequest): Promise<LoadedModel> {
  const { settings, terminal, model, layers, source, signal } = request;
  const { onnxPath, warnings } = await resolveModelSource(model, {
    exportIfMissing: settings.export ?? false,
    onOutput: (text) => terminal.note(text.trimEnd()),
    signal,
  });
  for (const warning of warnings) terminal.warn(warning);
  const overrides = overridesOf(settings);
  const loaded = await loadModel(onnxPath, { overrides, layers });
  const unnamed = loaded.model.metadata.names === undefined && overrides.names === undefined;
  if (unnamed && source.classNames?.length === loaded.model.classNames.length) {
    return loadModel(onnxPath, { overrides: { ...overrides, names: source.classNames }, layers });
  }
  for (const warning of loaded.model.warnings) terminal.warn(warning);
  return loaded;
}

/** What a person says of a model whose file does not. */
export function overridesOf({ task, names, imgsz }: RunSettings): ModelOverrides {
  return {
    ...(task !== undefined && { task }),
    ...(names !== undefined && { names }),
    ...(imgsz !== undefined && { imgsz }),
  };
}

interface Continued {
  readonly spec: Spec;
  readonly explain: ExplainOptions;
  readonly loaded: LoadedModel;
  readonly dataset: ListedDataset;
}

function continuedOptions(
  { settings }: PlanRequest,
  { spec, explain, loaded, dataset }: Continued,
): ExplainOptions {
  const modelSha256 = loaded.sha256;
  const { digest } = dataset;
  const clauses = contradictionsOf({ spec, settings, explain, modelSha256, digest });
  if (clauses.length === 0) return spec.options;
  throw new EigenfleetError(
    'usage',
    `Run ${spec.runId} cannot be continued like this: ${clauses.join('; ')}. Leave out what differs, or leave out --run to start another run.`,
  );
}
