import { collectOldGarbage } from '../../shared/host/garbage-collection.ts';
import { eachAtOnce } from '../../shared/in-order.ts';
import type { AddedShards, FleetQueues } from '../../shared/queue/fleet-queues.ts';
import type { JobPriority, ShardJob } from '../../shared/queue/shard-job.ts';
import { markedShards } from '../../shared/results/done-shards.ts';
import { readFailedShards } from '../../shared/results/failed-shards.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';

export interface EnqueueRequest {
  readonly queues: Pick<FleetQueues, 'addShards' | 'addMissingShards' | 'ensureShard'>;
  readonly store: ObjectStore;
  readonly spec: RunSpec;
  readonly priority: JobPriority;
  /** True when the plan has just been written, so that no shard can be done yet. */
  readonly created: boolean;
  readonly signal?: AbortSignal;
}

/** Jobs per call: what more of them need outlives the young objects, which takes a sixth more CPU. */
const jobsAtOnce = 100;
/** Calls under way: one is made while Redis works on the other. */
const callsAtOnce = 2;

export interface EnqueuedRun {
  /** Jobs that were not there before. */
  readonly added: number;
  /** Shards with results. */
  readonly done: number;
  /** Shards that failed for good, ascending: only `resumeRun` retries them. */
  readonly failed: readonly number[];
}

/** Adds a job for every shard that has neither results nor a job. May be repeated at any time, by several producers at once. */
export async function enqueueRun(request: EnqueueRequest): Promise<EnqueuedRun> {
  const { store, spec, signal, created } = request;
  const { runId, dataset } = spec;
  const shards = { runId, shards: dataset.shards };
  const marked = created ? new Set<number>() : await markedShards(store, shards);
  const failed = new Set(created ? [] : (await readFailedShards(store, shards)).keys());
  let added = 0;
  function* batches(): Generator<ShardJob[]> {
    let batch: ShardJob[] = [];
    for (let shard = 0; shard < dataset.shards; shard++) {
      if (marked.has(shard) || failed.has(shard)) continue;
      batch.push({ v: 1, out: store.uri, runId, shard });
      if (batch.length < jobsAtOnce) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }
  await eachAtOnce(batches(), callsAtOnce, async (batch) => {
    signal?.throwIfAborted();
    const sent = await send(batch, request);
    collectOldGarbage();
    added += sent.added;
    for (const shard of sent.failed) failed.add(shard);
  });
  if (created) await replaceFinishedJobs(request);
  const lost = [...failed].filter((shard) => !marked.has(shard));
  return { added, done: marked.size, failed: lost.sort((a, b) => a - b) };
}

async function send(
  jobs: readonly ShardJob[],
  { queues, priority, created }: EnqueueRequest,
): Promise<AddedShards> {
  if (jobs.length === 0) return { added: 0, failed: [] };
  // Existing results need a check only when the run is not new.
  if (!created) return queues.addMissingShards(jobs, priority);
  await queues.addShards(jobs, priority);
  return { added: jobs.length, failed: [] };
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
