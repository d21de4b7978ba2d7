import { markedShards } from '../shared/done-shards.ts';
import type { FleetQueues } from '../shared/fleet-queues.ts';
import type { ObjectStore } from '../shared/object-store.ts';
import type { RunSpec } from '../shared/run-spec.ts';
import type { JobPriority, ShardJob } from '../shared/shard-job.ts';

export interface EnqueueRequest {
  readonly queues: Pick<FleetQueues, 'addShards' | 'ensureShard'>;
  readonly store: ObjectStore;
  readonly spec: RunSpec;
  readonly priority: JobPriority;
  /** True when the plan has just been written, so that no shard can be done yet. */
  readonly created: boolean;
  readonly signal?: AbortSignal;
}

/** Jobs in one call: larger ones bring no speed, only memory. */
const jobsAtOnce = 500;

/** Adds a job for every shard without a marker. Returns how many. May be repeated at any time, by several producers at once. */
export async function enqueueRun(request: EnqueueRequest): Promise<number> {
  const { queues, store, spec, priority, signal } = request;
  const marked = request.created ? new Set<number>() : await markedShards(store, spec.runId);
  let added = 0;
  let batch: ShardJob[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await queues.addShards(batch, priority);
    added += batch.length;
    batch = [];
  };
  for (let shard = 0; shard < spec.dataset.shards; shard++) {
    if (marked.has(shard)) continue;
    signal?.throwIfAborted();
    batch.push({ v: 1, out: store.uri, runId: spec.runId, shard });
    if (batch.length === jobsAtOnce) await flush();
  }
  await flush();
  if (request.created) await replaceFinishedJobs(request);
  return added;
}

/**
 * Results that were deleted leave finished jobs behind, whose ids would keep the new run's jobs out. One look at the first shard tells: a run
 * whose plan has just been written cannot have finished it, or finds its results when it does so again.
 */
async function replaceFinishedJobs({ queues, store, spec, priority }: EnqueueRequest) {
  const { runId, dataset } = spec;
  for (let shard = 0; shard < dataset.shards; shard++) {
    const job: ShardJob = { v: 1, out: store.uri, runId, shard };
    if ((await queues.ensureShard(job, priority, true)) === 'waiting') return;
  }
}
