import { availableThreads } from '../../shared/host/threads/cpu-quota.ts';
import { LoadedThreads } from '../../shared/host/threads/loaded-threads.ts';
import { errorOfThread } from '../../shared/host/threads/thread-failure.ts';
import { openThreadPool } from '../../shared/host/threads/thread-pool.ts';
import type { PlannedShards } from '../../shared/run/planned-shards.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { StoreOptions } from '../../shared/storage/open-store.ts';
import { type MergedRange, mergeRange } from './merge-range.ts';
import type { MergeAnswer, MergeTask } from './merge-thread.ts';
import { MergedRun } from './merged-run.ts';

export interface MergeRequest {
  readonly store: ObjectStore;
  readonly planned: PlannedShards;
  /** How threads open the store anew by its URI; without it everything is merged in this thread. */
  readonly storeOptions?: StoreOptions | undefined;
  /** Runs with fewer shards than this do not justify threads. */
  readonly threadsFrom?: number;
}

/** Each takes about 90 MB beside the process itself, whose merge of 39,000 markers must stay below 400 MB. */
const mostThreads = 2;
/** Shards per task at most: what a thread has merged is built, stored and merged once more for each. */
const mostAtOnce = 4096;
/** And so few that all threads are busy to the end. */
const fewestTasks = 8;

/**
 * Merges the markers of a run, of a large one in threads: a marker of 80 classes and 3 layers takes about half a millisecond of CPU, and 39,000
 * of them would keep one core busy for half a minute.
 */
export async function mergeShards(request: MergeRequest): Promise<MergedRange> {
  const { store, planned, storeOptions, threadsFrom = 1024 } = request;
  const { runId, dataset, options } = planned;
  const { images, shards, shardImages } = dataset;
  if (storeOptions !== undefined && shards >= threadsFrom && availableThreads() > 1) {
    // Only what a thread needs: a spec can name thousands of classes.
    const needed = {
      runId,
      dataset: { images, shards, ...(shardImages && { shardImages }) },
      options: { shardSize: options.shardSize },
    };
    return mergeInThreads({ uri: store.uri, planned: needed, storeOptions }, shards);
  }
  return mergeRange(store, { planned });
}

async function mergeInThreads(
  task: Omit<MergeTask, 'first' | 'end'>,
  shards: number,
): Promise<MergedRange> {
  const threads = Math.min(availableThreads(), mostThreads);
  const pool = openThreadPool<MergeTask, MergeAnswer>({
    filename: new URL('./merge-thread.js', import.meta.url).href,
    ...{ minThreads: 1, maxThreads: threads, concurrentTasksPerWorker: 1 },
  });
  const threadsOfPool = new LoadedThreads(pool);
  const merged = new MergedRun();
  const missing: number[] = [];
  const unusable = new Map<number, string>();
  try {
    const atOnce = Math.min(mostAtOnce, Math.ceil(shards / fewestTasks));
    const starts = Array.from({ length: Math.ceil(shards / atOnce) }, (_, n) => n * atOnce);
    const parts = starts.map(async (first) => {
      const end = Math.min(shards, first + atOnce);
      const answer = await pool.run({ ...task, first, end }, { name: 'merge' });
      if (answer.status === 'failed') throw errorOfThread(answer);
      merged.addPart(answer.part);
      for (const shard of answer.missing) missing.push(shard);
      for (const [shard, reason] of answer.unusable) unusable.set(shard, reason);
    });
    await Promise.all(parts);
  } finally {
    await threadsOfPool.destroy();
  }
  return { merged, missing: missing.sort((a, b) => a - b), unusable };
}
