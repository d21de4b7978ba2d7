import { assertNamedDevice } from '../model/runtime/assert-named-device.ts';
import { nameStartedRun } from '../producer/plan/name-started-run.ts';
import type { PlannedRun } from '../producer/plan/plan-run.ts';
import { pruneRuns } from '../producer/plan/prune-runs.ts';
import { writePlan } from '../producer/plan/write-plan.ts';
import type { Summary } from '../report/summary/summary-schema.ts';
import { EigenfleetError } from '../shared/errors.ts';
import { resolveRun } from '../shared/run/run-names.ts';
import { labelPlaceOf, type RunSpec } from '../shared/run/run-spec.ts';
import type { RunSettings } from '../shared/settings/run-settings.ts';
import { localPathOf } from '../shared/storage/local-path.ts';
import type { ObjectStore } from '../shared/storage/object-store.ts';
import type { PatientStores } from '../shared/storage/patient-stores.ts';
import { acquireRunLock } from '../shared/storage/run-lock.ts';
import type { Notices } from '../shared/telemetry/notices.ts';
import { noteFolderOf } from './note-folder.ts';
import type { RunProgress } from './run-progress.ts';

export interface PlannedRunRequest extends Notices {
  readonly planned: PlannedRun;
  readonly settings: RunSettings;
  /** Where the results go; one of `stores`. */
  readonly store: ObjectStore;
  readonly stores: PatientStores;
  /** Called when the plan is written and the run has its name. */
  onStarted?(): void;
  onProgress?(progress: RunProgress): void;
  /** Nobody else uses this thread. */
  readonly ownsThread?: boolean | undefined;
  readonly signal: AbortSignal;
}

export type RunOutcome =
  | { readonly status: 'summarized'; readonly summary: Summary; readonly reportKey: string }
  | { readonly status: 'interrupted'; readonly shardsDone: number };

/**
 * Writes a plan, explains its images in this process, and summarizes them. In S3 nobody can hold a lock; shards that two write at once are still whole.
 *
 * @throws EigenfleetError `device`, `locked`, `model` or `storage`.
 */
export async function runPlanned(request: PlannedRunRequest): Promise<RunOutcome> {
  const { planned, stores, store } = request;
  await assertNamedDevice(planned.execution.device);
  const folder = localPathOf(store.uri);
  const writes = stores.writesOf(store.uri);
  const lock =
    folder === undefined ? undefined : await writes.through(() => acquireRunLock(folder));
  try {
    return await explainAndSummarize(request);
  } finally {
    await lock?.release();
  }
}

async function explainAndSummarize(request: PlannedRunRequest): Promise<RunOutcome> {
  const { planned, settings, stores, store, note, warn, onStarted, onProgress, signal } = request;
  const { spec, mended } = await writePlan(store, planned.plan, signal);
  if (mended !== undefined) warn(mended);
  await nameStartedRun(store, { runId: spec.runId, name: settings.name }, note);
  onStarted?.();
  const { s3Endpoint, s3Region } = settings;
  const images = stores.open(spec.dataset.rootUri);
  const labels = labelPlaceOf(spec);
  const stored = { store, images, storeOptions: { s3Endpoint, s3Region } };
  const { loaded, execution } = planned;
  // Loading the libraries takes longer than planning.
  const { executeRun } = await import('./execute-run.ts');
  const outcome = await executeRun({
    ...{ ...stored, spec, loaded, execution, note, signal },
    labels: labels === undefined ? undefined : stores.open(labels),
    writes: stores.writesOf(store.uri),
    noteFolder: noteFolderOf(store.uri, spec.runId),
    ownsThread: request.ownsThread,
    ...(onProgress !== undefined && { onProgress }),
  });
  if (outcome.status === 'interrupted') return outcome;
  const ended = await summarizeUnlessStopped({ ...request, spec, images });
  if (ended.status === 'summarized') await prune(request);
  return ended;
}

/** Deletes older runs of the name, where that is asked for. */
async function prune({ settings, store, note, signal }: PlannedRunRequest): Promise<void> {
  const { name, keep, against } = settings;
  if (name === undefined || keep === undefined) return;
  // A baseline that lies elsewhere, or is not there, needs no care here.
  const baseline = against && (await resolveRun(store, against).catch(() => undefined));
  const except = new Set(baseline === undefined ? [] : [baseline]);
  const gone = await pruneRuns({ store, name, keep, except, signal });
  if (gone.length === 0) return;
  note(`Deleted ${gone.length} older run${gone.length === 1 ? '' : 's'} called "${name}".`);
}

interface ExplainedRun extends PlannedRunRequest {
  readonly spec: RunSpec;
  readonly images: ObjectStore;
}

/** All shards are done; merging those of a large run takes minutes, and the signal is heeded there, too. */
async function summarizeUnlessStopped(run: ExplainedRun): Promise<RunOutcome> {
  const { spec, store, images, settings, signal } = run;
  const { s3Endpoint, s3Region } = settings;
  const { summarizeRun } = await import('../report/summarize-run.ts');
  try {
    signal.throwIfAborted();
    const summarized = await summarizeRun({
      ...{ store, runId: spec.runId, imageStore: images, signal },
      storeOptions: { s3Endpoint, s3Region },
    });
    if (summarized.status === 'summarized') return summarized;
    throw new EigenfleetError(
      'storage',
      `The results of ${summarized.missing.length} shards are missing from ${store.uri}: run the same command again.`,
    );
  } catch (error) {
    if (signal.aborted) return { status: 'interrupted', shardsDone: spec.dataset.shards };
    throw error;
  }
}
