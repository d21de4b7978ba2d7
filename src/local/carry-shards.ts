import { softwareVersions } from '../shared/host/software-versions.ts';
import { readLabelEntries } from '../shared/run/labels/stored-labels.ts';
import { imagesOfShard } from '../shared/run/planned-shards.ts';
import type { RunSpec } from '../shared/run/run-spec.ts';
import { readSamples } from '../shared/run/stored-manifest.ts';
import type { ObjectStore } from '../shared/storage/object-store.ts';
import { carryShard } from '../worker/shard/process-shard.ts';
import { carriedShardOf } from '../worker/shard/read-carried.ts';
import { runConcurrently } from '../worker/shard/run-concurrently.ts';
import type { RunProgress } from './run-progress.ts';

/** Shards copied at once: enough to hide a request's latency. */
const atOnce = 4;

/** How a run tells how far it is. */
export interface Telling extends Pick<RunProgress, 'total' | 'doneBefore'> {
  onProgress?: ((progress: RunProgress) => void) | undefined;
}

export interface CarryRun {
  readonly spec: RunSpec;
  /** The run that results are taken over from. */
  readonly from: RunSpec | undefined;
  readonly store: ObjectStore;
  readonly labels?: ObjectStore | undefined;
  readonly tell: Telling;
  readonly signal: AbortSignal;
}

export interface CarriedShards {
  /** The other shards, ascending. */
  readonly left: readonly number[];
  /** Images of those that were taken over. */
  readonly imagesCarried: number;
  /** Images of the others that need the model, as far as the plan tells. */
  readonly toExplain: number;
}

/** Takes over the shards in which nothing is new, before any model is loaded. */
export async function carryWholeShards(
  run: CarryRun,
  shards: readonly number[],
): Promise<CarriedShards> {
  const toExplain = shards.reduce((sum, shard) => sum + imagesOfShard(run.spec, shard), 0);
  if (run.from === undefined) return { left: shards, imagesCarried: 0, toExplain };
  const left: number[] = [];
  let takenOver = 0;
  const { total, doneBefore, onProgress } = run.tell;
  let imagesCarried = 0;
  const begun = new Set<number>();
  await runConcurrently(shards, atOnce, run.signal, async (shard) => {
    begun.add(shard);
    const { places, isDone } = await carry(run, shard).catch((error: unknown) => {
      // A store that is stopped in the middle of a request says so.
      if (!run.signal.aborted) throw error;
      return { places: 0, isDone: false };
    });
    takenOver += places;
    if (!isDone) {
      left.push(shard);
      return;
    }
    imagesCarried += imagesOfShard(run.spec, shard);
    const done = doneBefore + imagesCarried;
    onProgress?.({ total, done, failed: 0, doneBefore: done });
  });
  const rest = shards.filter((shard) => !begun.has(shard));
  return {
    left: [...left, ...rest].sort((a, b) => a - b),
    ...{ imagesCarried, toExplain: toExplain - takenOver },
  };
}

/** How many images of a shard have a place to be taken over from, and whether all of them were. */
async function carry(
  run: CarryRun,
  shard: number,
): Promise<{ readonly places: number; readonly isDone: boolean }> {
  const { spec, store, from, signal } = run;
  const carried = await carriedShardOf(store, { spec, shard }, from);
  const places = carried?.places.filter((place) => place !== null).length ?? 0;
  if (carried === undefined || carried.places.includes(null)) return { places, isDone: false };
  const samples = await readSamples(store, spec, shard);
  const labels = await readLabelEntries(store, spec, shard);
  const { labels: files } = run;
  const ports = { store, labels: files, signal, versions: softwareVersions(), onSample: () => {} };
  const outcome = await carryShard({ spec, shard, samples, labels, carried }, ports);
  return { places, isDone: outcome.status === 'done' };
}
