import { evaluationSetup, type SetupChoice } from '../../evaluate/merge/evaluation-setup.ts';
import { candidateOrigin } from '../../evaluate/merge/precision-origin.ts';
import { groupOf } from '../../evaluate/objects/image-group.ts';
import { storedShards } from '../../evaluate/objects/stored-shards.ts';
import type { EvaluatedShards } from '../../evaluate/objects/write-evaluation.ts';
import type { Evaluation } from '../../evaluate/result/evaluation.ts';
import { type PlannedLabels, planLabels } from '../../producer/plan/plan-labels.ts';
import { summarizeRun } from '../../report/summarize-run.ts';
import type { Summary } from '../../report/summary/summary-schema.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import { readFailedShards } from '../../shared/results/failed-shards.ts';
import type { LabelRemark } from '../../shared/run/labels/sample-labels.ts';
import { openRun } from '../../shared/run/open-run.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import { localPathOf, placeOf } from '../../shared/storage/local-path.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { openStore, type StoreOptions } from '../../shared/storage/open-store.ts';
import { acquireRunLock } from '../../shared/storage/run-lock.ts';
import type { Notices } from '../../shared/telemetry/notices.ts';
import { LabelRemarks } from './label-remarks.ts';
import { labelFilesOf, relabeledShards } from './relabel.ts';
import { storedSource } from './stored-source.ts';

export interface EvaluateRequest extends Notices {
  readonly store: ObjectStore;
  readonly runId: string;
  /** Where labels are; absent: where the run found its own. */
  readonly labels?: string | undefined;
  /** Takes the labels that the run read, and reads none. */
  readonly storedLabels: boolean;
  readonly choice: SetupChoice;
  readonly storage: StoreOptions;
  readonly signal: AbortSignal;
}

export interface EvaluatedRun {
  readonly evaluation: Evaluation;
  readonly summary: Summary;
  readonly reportKey: string;
}

/**
 * Evaluates a finished run anew, from its stored rows and maps: corrected labels, another threshold, other groups. Replaces `objects/`, `evaluation.json` and
 * the report; the run and its id stay.
 *
 * @throws EigenfleetError `incomplete` for a run with shards to be done, `dataset` where there are no labels, `usage` for a choice that it does not hold,
 *   `locked` or `storage`.
 */
export async function evaluateRun(request: EvaluateRequest): Promise<EvaluatedRun> {
  const { store, runId } = request;
  const spec = await openRun(store, runId);
  assertChoice(spec, request.choice);
  const folder = localPathOf(store.uri);
  const lock = folder === undefined ? undefined : await acquireRunLock(folder);
  const labels = await labelsOf(request, spec).catch(async (error: unknown) => {
    await lock?.release();
    throw error;
  });
  try {
    return await summarize(request, spec, labels);
  } finally {
    await labels?.close();
    await lock?.release();
  }
}

async function summarize(
  request: EvaluateRequest,
  spec: RunSpec,
  labels: PlannedLabels | undefined,
): Promise<EvaluatedRun> {
  const { store, runId, storage, signal, choice, warn } = request;
  const remarks = new LabelRemarks();
  const setup = evaluationSetup({ ...spec, labels: labels?.spec ?? spec.labels }, choice);
  const evaluated = (shards: readonly number[]): EvaluatedShards => {
    if (labels === undefined) {
      return storedShards({ store, spec, setup, shards, evaluated: new Set<number>() });
    }
    const files = labelFiles(labels, storage);
    const remark = (one: LabelRemark) => remarks.add(one);
    return relabeledShards({ store, spec, setup, labels, files, signal, remark }, shards);
  };
  const imageStore = openStore(spec.dataset.rootUri, storage);
  // A run that a fleet closed without them is finished, too.
  const failedShards = await readFailedShards(store, { runId, shards: spec.dataset.shards });
  const summarized = await summarizeRun({
    ...{ store, runId, imageStore, failedShards, evaluated, signal, storeOptions: storage },
  });
  if (summarized.status === 'incomplete') {
    throw new EigenfleetError(
      'incomplete',
      `${summarized.missing.length} of ${spec.dataset.shards} shards of run ${runId} in ${placeOf(store.uri)} are not done: the command that started it continues it.`,
    );
  }
  for (const sentence of remarks.sentences()) warn(sentence);
  const { evaluation, summary, reportKey } = summarized;
  if (evaluation === undefined) throw new Error('a run was summarized without its evaluation');
  return { evaluation, summary, reportKey };
}

function labelFiles(labels: PlannedLabels, storage: StoreOptions): ObjectStore | undefined {
  const place = labelFilesOf(labels);
  return place === undefined ? undefined : openStore(place, storage);
}

function assertChoice({ runId, model, options }: RunSpec, choice: SetupChoice): void {
  if (!traitsOf(model.task).answers) {
    throw new EigenfleetError(
      'usage',
      `Run ${runId} reads no answer of its model (task none): there is nothing to compare with labels.`,
    );
  }
  if (choice.group !== undefined) groupOf(choice.group);
  const { confThreshold } = choice;
  const { rules } = candidateOrigin({ model, options }, options.confThreshold);
  const least = Math.min(rules?.confThreshold ?? 1, options.confThreshold);
  if (confThreshold === undefined || confThreshold >= least) return;
  throw new EigenfleetError(
    'usage',
    `Run ${runId} stored no box below ${least}: give --conf ${least} or more, or run it again with --conf ${confThreshold}.`,
  );
}

/** `undefined`: those of the rows. */
async function labelsOf(
  request: EvaluateRequest,
  spec: RunSpec,
): Promise<PlannedLabels | undefined> {
  const { store, runId, storedLabels, labels: said, storage, note, warn } = request;
  if (storedLabels) {
    if (spec.labels !== undefined) return undefined;
    throw new EigenfleetError(
      'dataset',
      `Run ${runId} read no labels: give them with --labels, a folder of label files or a COCO .json file.`,
    );
  }
  const own = spec.labels?.asked ? placeOf(spec.labels.rootUri) : undefined;
  const { model } = spec;
  const planned = await planLabels({
    ...{ ...storedSource(store, spec), model, storage, note, warn },
    ...{ said: said ?? own, keypointShape: spec.labels?.keypointShape },
  });
  if (planned !== undefined) return said === undefined ? asPlanned(planned, spec) : planned;
  throw new EigenfleetError(
    'dataset',
    spec.labels === undefined
      ? `Run ${runId} has no labels, and there are none beside its images in ${placeOf(spec.dataset.rootUri)}: give them with --labels.`
      : `The labels of run ${runId} are gone from ${placeOf(spec.labels.rootUri)}: give them with --labels, or take those that the run read with --stored-labels.`,
  );
}

/** Class ids of label files mean what they meant when the run was planned: its data.yaml is not known any more. */
function asPlanned(planned: PlannedLabels, { labels }: RunSpec): PlannedLabels {
  if (labels?.kind !== 'yolo' || planned.spec.kind !== 'yolo') return planned;
  const { classes: _, keypointShape: __, keypointSigmas: ___, ...rest } = planned.spec;
  const { classes, keypointShape, keypointSigmas } = labels;
  return {
    ...planned,
    spec: {
      ...{ ...rest, ...(classes && { classes }) },
      ...{ ...(keypointShape && { keypointShape }), ...(keypointSigmas && { keypointSigmas }) },
    },
  };
}
