import { basename } from 'node:path';
import { groupOf } from '../../evaluate/objects/image-group.ts';
import { boxMapsWarning } from '../../model/box-maps/box-map-plan.ts';
import { assertOverlayMap, evidenceWarning } from '../../model/evidence/evidence-plan.ts';
import { assertAllScores } from '../../model/head/all-scores.ts';
import { withCandidates } from '../../model/head/candidate-choice.ts';
import {
  assertPreprocessing,
  channelOrderWarning,
  preprocessingWarning,
} from '../../model/session/preprocessing.ts';
import { sessionBatch } from '../../model/session/session-batch.ts';
import type { LoadedModel } from '../../model/yolo/load-model.ts';
import { readRunBasis } from '../../shared/basis/run-basis.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import { softwareVersions } from '../../shared/host/software-versions.ts';
import { openRun } from '../../shared/run/open-run.ts';
import { assertGivenName, resolveRun } from '../../shared/run/run-names.ts';
import type { ExplainOptions, RunSpec } from '../../shared/run/run-spec.ts';
import { type ExecutionOptions, resolveOptions } from '../../shared/settings/resolve-options.ts';
import { contradictionsOf } from '../../shared/settings/run-contradiction.ts';
import type { RunSettings } from '../../shared/settings/run-settings.ts';
import type { AllowedPlaces } from '../../shared/storage/allowed-places.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { Notices } from '../../shared/telemetry/notices.ts';
import { type ImageSource, openImageSource } from '../dataset/image-source.ts';
import { openBasis } from '../model/open-basis.ts';
import { openModel } from '../model/open-model.ts';
import { inputClauses, openAsPlanned } from './continued-model.ts';
import { freezeRun, type RunPlan } from './freeze-run.ts';
import { type ListedDataset, listDataset } from './listed-dataset.ts';
import { modelSpecOf, targetLayersOf } from './model-spec.ts';
import { carryOf, resolvePlanned, withCarry } from './new-images.ts';
import type { CarryReport, PlannedCarry } from './plan-carry.ts';
import { type PlannedLabels, planLabels } from './plan-labels.ts';

/** A run settled down to its id, before anything was written. */
export interface PlannedRun {
  readonly plan: RunPlan;
  readonly loaded: LoadedModel;
  readonly execution: ExecutionOptions;
  /** Where the images are, for people. */
  readonly description: string;
  /** Of a run of what is new: what that is. */
  readonly carry?: CarryReport;
  /** Deletes temporary files; call it after writing the plan. */
  close(): Promise<void>;
}

export interface PlanRequest extends Notices {
  readonly settings: RunSettings;
  readonly store: ObjectStore;
  /** The command line, for run.json. */
  readonly command: string;
  /** Ultralytics' `datasets_dir`, below which a data.yaml may look for its images. */
  readonly datasetsFolder?: string | undefined;
  /** The audit whose run it is. */
  readonly owner?: string | undefined;
  /** Where the model may be read from, for services; anywhere when absent. */
  readonly ins?: AllowedPlaces | undefined;
  readonly signal: AbortSignal;
}

/**
 * Reads the model, lists the images, settles the options; or opens the run that `--run` names. Throws `EigenfleetError` for anything that keeps
 * the run from being planned.
 */
export function planRun(request: PlanRequest): Promise<PlannedRun> {
  const { run, name, group } = request.settings;
  if (name !== undefined) assertGivenName(name);
  if (group !== undefined) groupOf(group);
  return run === undefined ? planNewRun(request) : planContinuedRun(request, run);
}

async function planNewRun(request: PlanRequest): Promise<PlannedRun> {
  const { settings } = request;
  const { images, model, layers } = namedInputs(settings);
  const source = await openSource(request, images);
  const { loaded, uri } = await openModel({
    ...request,
    ...{ model, layers, classNames: source.classNames, namesFrom: basename(images) },
  });
  const basis = await openBasis(settings, loaded, request);
  const dataset = await listDataset(source.pages(), { mixes: settings.newOnly === true });
  let carry: PlannedCarry | undefined;
  let labels: PlannedLabels | undefined;
  try {
    warnOfAbsent(dataset, request);
    const targetLayers = targetLayersOf(loaded);
    const found = { targetLayers: targetLayers.map(({ name }) => name), basis: basis?.sha256 };
    const { explain: options, execution } = resolvePlanned(settings, dataset.images, found);
    assertFits(loaded, options, execution);
    const spec = modelSpecOf(loaded, uri);
    labels = await planLabels({
      ...{ ...request, source, dataset, said: settings.labels, storage: settings },
      ...{ model: spec, keypointShape: loaded.model.metadata.keypointShape },
    });
    warnOfModel(loaded, options, request);
    const settled = withCandidates(options, loaded.model, labels !== undefined);
    const plan = freezeRun({
      ...{ model: spec, targetLayers, source, dataset, labels, options: settled, basis },
      ...{ saidShardSize: settings.shardSize, group: settings.group, versions: softwareVersions() },
      ...{ command: request.command, owner: request.owner, plannedAt: new Date() },
    });
    carry = await carryOf(request, plan, { dataset, labels });
    const close = () => closeAll([dataset, labels, carry]);
    const { description } = source;
    const opened = { loaded: { ...loaded, basis: basis?.layers }, execution, description, close };
    return { ...withCarry(plan, carry), ...opened };
  } catch (error) {
    await closeAll([dataset, labels, carry]);
    throw error;
  }
}

async function closeAll(
  lists: readonly (Pick<ListedDataset, 'close'> | undefined)[],
): Promise<void> {
  for (const list of lists) await list?.close();
}

/** Throws `usage` for options that the model does not take. */
function assertFits(
  loaded: LoadedModel,
  options: ExplainOptions,
  { batch }: ExecutionOptions,
): void {
  sessionBatch(loaded, batch);
  assertPreprocessing(options, loaded);
  assertAllScores(options, loaded);
}

function warnOfModel(
  loaded: LoadedModel,
  options: ExplainOptions,
  { settings, warn }: Pick<PlanRequest, 'settings' | 'warn'>,
): void {
  assertOverlayMap(loaded, options);
  const warnings = [
    preprocessingWarning(loaded, options),
    channelOrderWarning(loaded, options),
    evidenceWarning(loaded, options),
    boxMapsWarning(loaded, settings.boxMaps),
  ];
  for (const warning of warnings) if (warning !== undefined) warn(warning);
}

/** What a new run cannot do without. Throws `usage`. */
function namedInputs(settings: RunSettings) {
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
  return { images, model, layers };
}

/** The images are those of the run's manifest; only what is said again is compared. */
async function planContinuedRun(request: PlanRequest, reference: string): Promise<PlannedRun> {
  const { settings, store } = request;
  const spec = await openRun(store, await resolveRun(store, reference));
  if (settings.labels !== undefined) {
    request.warn(
      'Labels belong to the plan of a run: --labels and --no-labels change nothing here.',
    );
  }
  const { loaded, uri } = await openAsPlanned(request, spec);
  const { explain, execution } = resolveOptions({
    settings,
    imageCount: spec.dataset.images,
    targetLayers: loaded.layers.map(({ name }) => name),
    basis: (await openBasis(settings, loaded, request))?.sha256,
  });
  assertFits(loaded, explain, execution);
  warnOfModel(loaded, explain, request);
  const modelSha256 = loaded.sha256;
  const digest = await digestOfSaid(request, spec);
  const clauses = [
    ...contradictionsOf({ spec, settings, explain, modelSha256, ...digest }),
    ...inputClauses(spec, settings, modelSpecOf(loaded)),
  ];
  if (clauses.length > 0) {
    throw new EigenfleetError(
      'usage',
      `Run ${spec.runId} cannot be continued like this: ${clauses.join('; ')}. Drop what differs, or drop --run to start another run.`,
    );
  }
  const basis = await readRunBasis(store, spec);
  return {
    plan: { spec: { ...spec, model: modelSpecOf(loaded, uri) }, manifests: noManifests },
    loaded: { ...loaded, basis },
    ...{ execution, description: spec.dataset.source },
    close: async () => {},
  };
}

/** A run that is continued has its manifest already. */
async function* noManifests(): ReturnType<RunPlan['manifests']> {}

/** The digest of the images as they are now, when the command says which they are. */
async function digestOfSaid(request: PlanRequest, spec: RunSpec): Promise<{ digest?: string }> {
  const { images, split, include, exclude, limit } = request.settings;
  const said = [images, split, include, exclude, limit].some((part) => part !== undefined);
  if (!said) return {};
  const source = await openSource(request, images ?? spec.dataset.source);
  const dataset = await listDataset(source.pages());
  await dataset.close();
  return { digest: dataset.digest };
}

async function openSource(request: PlanRequest, source: string): Promise<ImageSource> {
  const { settings, datasetsFolder: datasetsDir } = request;
  const { split, include, exclude, limit } = settings;
  const choice = { split, include, exclude, limit, datasetsDir };
  return openImageSource({ source, ...choice, storage: settings });
}

function warnOfAbsent({ absent, images }: ListedDataset, { warn }: Notices): void {
  const { count, firstKey } = absent;
  if (count === 0) return;
  const which = count === 1 ? `"${firstKey}"` : `the first is "${firstKey}"`;
  warn(
    `${count} of the ${images} images cannot be read and will count as failed, with the reason: ${which}.`,
  );
}
