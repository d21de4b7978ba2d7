import { rm } from 'node:fs/promises';
import { startProgress } from '../cli/terminal/progress.ts';
import type { Terminal } from '../cli/terminal/terminal.ts';
import type { LoadedModel } from '../model/yolo/load-model.ts';
import { softwareVersions } from '../shared/host/software-versions.ts';
import { visitDoneShards } from '../shared/results/done-shards.ts';
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
import { ShardOverlap } from './shard-overlap.ts';
import { startExplainer } from './start-explainer.ts';

export interface Execution {
  readonly spec: RunSpec;
  readonly loaded: LoadedModel;
  readonly execution: ExecutionOptions;
  readonly store: ObjectStore;
  readonly images: ObjectStore;
  /** Waits for what cannot be written where results go. */
  readonly writes: StorageWait;
  /** How `images` was opened, for a process that tries an image alone. */
  readonly storeOptions: StoreOptions;
  /** Local folder for the notes of what is under way. */
  readonly noteFolder: string;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

export type ExecutionOutcome =
  | { readonly status: 'done' }
  | { readonly status: 'interrupted'; readonly shardsDone: number };

/** Works off the shards of a run that are not done yet, one after the other, in this process. */
export async function executeRun(run: Execution): Promise<ExecutionOutcome> {
  const { spec, store, terminal, signal } = run;
  const { shards, images: total } = spec.dataset;
  let alreadyDone = 0;
  const missing = await visitDoneShards(store, { planned: spec }, (marker) => {
    alreadyDone += marker.statistics.images;
  });
  if (missing.length === 0) {
    terminal.note(`Nothing is left to explain: ${shards} of ${shards} shards were done before.`);
    return { status: 'done' };
  }
  if (missing.length < shards) {
    terminal.note(`Going on: ${shards - missing.length} of ${shards} shards were done before.`);
  }
  const { loaded, execution } = run;
  const explainer = await startExplainer({
    ...{ ...spec, loaded, execution, terminal, images: spec.dataset.images },
  });
  const budget = new ByteBudget(inFlightBytes);
  let shardsDone = shards - missing.length;
  const stream = terminal.progressStream;
  const progress = await startProgress({ total, alreadyDone, stream, quiet: terminal.quiet });
  // One shard is written while the next begin, or the device would wait for the disk; of small ones it takes several to keep it busy.
  const overlap = new ShardOverlap(
    1 + Math.ceil(explainer.usefulConcurrency / spec.options.shardSize),
  );
  try {
    for (const shard of missing) {
      if (signal.aborted) break;
      await overlap.start(async (begun) => {
        const onSample = (failed: boolean): void => progress.sample(failed);
        const outcome = await runShard(run, explainer, shard, {
          budget,
          onSample,
          onAllBegun: begun,
        });
        if (outcome.status === 'done') shardsDone += 1;
      });
    }
    await overlap.end();
  } finally {
    progress.stop();
    await explainer.close();
  }
  if (shardsDone < shards) return { status: 'interrupted', shardsDone };
  await rm(run.noteFolder, { recursive: true, force: true });
  return { status: 'done' };
}

interface ShardRun {
  readonly budget: ByteBudget;
  onSample(failed: boolean): void;
  onAllBegun(): void;
}

async function runShard(run: Execution, explainer: Explainer, shard: number, ports: ShardRun) {
  const { spec, store, images, writes, signal, noteFolder, storeOptions } = run;
  const samples = await readSamples(store, spec, shard);
  const note = await openInFlightNote(noteFolder, shard, (write) => writes.through(write));
  return processShard(
    { spec, shard, samples },
    {
      ...{ store, images, explainer, note, signal },
      trial: suspectTrial(spec, explainer, storeOptions),
      budget: ports.budget,
      versions: softwareVersions(),
      onSample: ({ status }) => ports.onSample(status !== 'success'),
      onAllBegun: ports.onAllBegun,
    },
  );
}
