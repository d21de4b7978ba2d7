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

/** Takes over the shards in which nothing is new, before any model is loaded. Returns the others, ascending. */
export async function carryWholeShards(
  run: CarryRun,
  shards: readonly number[],
): Promise<{ left: readonly number[]; imagesCarried: number }> {
  if (run.from === undefined) return { left: shards, imagesCarried: 0 };
  const left: number[] = [];
  const { total, doneBefore, onProgress } = run.tell;
  let imagesCarried = 0;
  const begun = new Set<number>();
  await runConcurrently(shards, atOnce, run.signal, async (shard) => {
    begun.add(shard);
    if (!(await carry(run, shard))) {
      left.push(shard);
      return;
    }
    imagesCarried += imagesOfShard(run.spec, shard);
    const done = doneBefore + imagesCarried;
    onProgress?.({ total, done, failed: 0, doneBefore: done });
  });
  const rest = shards.filter((shard) => !begun.has(shard));
  return { left: [...left, ...rest].sort((a, b) => a - b), imagesCarried };
}

async function carry(run: CarryRun, shard: number): Promise<boolean> {
  const { spec, store, from, signal } = run;
  const carried = await carriedShardOf(store, { spec, shard }, from);
  if (carried === undefined || carried.places.includes(null)) return false;
  const samples = await readSamples(store, spec, shard);
  const labels = await readLabelEntries(store, spec, shard);
  const { labels: files } = run;
  const ports = { store, labels: files, signal, versions: softwareVersions(), onSample: () => {} };
  const outcome = await carryShard({ spec, shard, samples, labels, carried }, ports);
  return outcome.status === 'done';
}
