import { rm } from 'node:fs/promises';
import type { LoadedModel } from '../model/yolo/load-model.ts';
import { softwareVersions } from '../shared/host/software-versions.ts';
import { visitDoneShards } from '../shared/results/done-shards.ts';
import { readLabelEntries } from '../shared/run/labels/stored-labels.ts';
import type { RunSpec } from '../shared/run/run-spec.ts';
import { readSamples } from '../shared/run/stored-manifest.ts';
import type { ExecutionOptions } from '../shared/settings/resolve-options.ts';
import type { ObjectStore } from '../shared/storage/object-store.ts';
import type { StoreOptions } from '../shared/storage/open-store.ts';
import type { StorageWait } from '../shared/storage/storage-wait.ts';
import type { Explainer } from '../worker/explain/explainer.ts';
import { suspectTrial } from '../worker/queue/suspect-trial.ts';
import { ByteBudget, inFlightBytes } from '../worker/shard/byte-budget.ts';
import { openInFlightNote } from '../worker/shard/in-flight-note.ts';
import { processShard } from '../worker/shard/process-shard.ts';
import { carriedShardOf, earlierRunOf } from '../worker/shard/read-carried.ts';
import { type CarriedShards, carryWholeShards, type Telling } from './carry-shards.ts';
import type { RunProgress } from './run-progress.ts';
import { ShardOverlap } from './shard-overlap.ts';
import { startExplainer } from './start-explainer.ts';

export interface Execution {
  readonly spec: RunSpec;
  readonly loaded: LoadedModel;
  readonly execution: ExecutionOptions;
  readonly store: ObjectStore;
  readonly images: ObjectStore;
  /** Where label files are; absent without labels. */
  readonly labels?: ObjectStore | undefined;
  /** Waits while results cannot be written. */
  readonly writes: StorageWait;
  /** How `images` was opened, for a process that tries an image alone. */
  readonly storeOptions: StoreOptions;
  /** Nobody else uses this thread. */
  readonly ownsThread?: boolean | undefined;
  /** Local folder for the notes of images in flight. */
  readonly noteFolder: string;
  note(line: string): void;
  /** Called before the first image, and after each. */
  onProgress?(progress: RunProgress): void;
  readonly signal: AbortSignal;
}

export type ExecutionOutcome =
  | { readonly status: 'done' }
  | { readonly status: 'interrupted'; readonly shardsDone: number };

/** Processes the shards of a run that are not done yet, one after the other, in this process. */
export async function executeRun(run: Execution): Promise<ExecutionOutcome> {
  const { spec, store, note } = run;
  const { shards, images } = spec.dataset;
  let doneBefore = 0;
  const missing = await visitDoneShards(store, { planned: spec }, (marker) => {
    doneBefore += marker.statistics.images;
  });
  if (missing.length === 0) {
    note(`Nothing is left to explain: ${shards} of ${shards} shards were done before.`);
    return { status: 'done' };
  }
  if (missing.length < shards) {
    note(`Continuing: ${shards - missing.length} of ${shards} shards were done before.`);
  }
  const from = await earlierRunOf(store, spec);
  const tell = { total: images, doneBefore, onProgress: run.onProgress };
  const carried = await carryWholeShards({ ...run, from, tell }, missing);
  const { left, imagesCarried } = carried;
  const onSample = countSamples({ ...tell, doneBefore: doneBefore + imagesCarried });
  const shardsDone =
    shards - left.length + (await explainShards({ ...run, from }, carried, onSample));
  if (shardsDone < shards) return { status: 'interrupted', shardsDone };
  await rm(run.noteFolder, { recursive: true, force: true });
  return { status: 'done' };
}

/** Loads the model, if there is anything to explain; returns the shards done. */
async function explainShards(
  run: CarryingExecution,
  { left, toExplain: images }: CarriedShards,
  onSample: (failed: boolean) => void,
): Promise<number> {
  if (left.length === 0 || run.signal.aborted) return 0;
  const { spec, loaded, execution, note, ownsThread } = run;
  const explainer = await startExplainer({
    ...spec,
    ...{ loaded, execution, note, images, ownsThread },
  });
  try {
    return await runShards(run, explainer, left, onSample);
  } finally {
    await explainer.close();
  }
}

/** Runs shards until the signal comes, and returns how many are done. */
async function runShards(
  run: CarryingExecution,
  explainer: Explainer,
  missing: readonly number[],
  onSample: (failed: boolean) => void,
): Promise<number> {
  const { spec, signal } = run;
  const budget = new ByteBudget(inFlightBytes);
  let done = 0;
  // One shard is written while the next ones begin, or the device would wait for the disk; it takes several small ones to keep it busy.
  const overlap = new ShardOverlap(
    1 + Math.ceil(explainer.usefulConcurrency / spec.options.shardSize),
  );
  for (const shard of missing) {
    if (signal.aborted) break;
    await overlap.start(async (onAllBegun) => {
      const outcome = await runShard(run, explainer, shard, { budget, onSample, onAllBegun });
      if (outcome.status === 'done') done += 1;
    });
  }
  await overlap.end();
  return done;
}

/** Tells of the start, and returns what tells of each image. Images of a shard abandoned halfway count too; the next start repeats them. */
function countSamples({ total, doneBefore, onProgress }: Telling): (failed: boolean) => void {
  let [done, failed] = [doneBefore, 0];
  const tell = (): void => onProgress?.({ total, done, failed, doneBefore });
  tell();
  return (isFailed) => {
    done += 1;
    if (isFailed) failed += 1;
    tell();
  };
}

interface CarryingExecution extends Execution {
  /** The run that results are taken over from. */
  readonly from: RunSpec | undefined;
}

interface ShardRun {
  readonly budget: ByteBudget;
  onSample(failed: boolean): void;
  onAllBegun(): void;
}

async function runShard(
  run: CarryingExecution,
  explainer: Explainer,
  shard: number,
  ports: ShardRun,
) {
  const { spec, store, images, labels, writes, signal, noteFolder, storeOptions } = run;
  const samples = await readSamples(store, spec, shard);
  const entries = await readLabelEntries(store, spec, shard);
  const carried = await carriedShardOf(store, { spec, shard }, run.from);
  const note = await openInFlightNote(noteFolder, shard, (write) => writes.through(write));
  return processShard(
    { spec, shard, samples, labels: entries, carried },
    {
      ...{ store, images, labels, explainer, note, signal },
      trial: suspectTrial(spec, explainer, storeOptions),
      budget: ports.budget,
      versions: softwareVersions(),
      onSample: ({ status }) => ports.onSample(status !== 'success'),
      onAllBegun: ports.onAllBegun,
    },
  );
}
