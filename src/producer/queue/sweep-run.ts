import type { FleetQueues } from '../../shared/queue/fleet-queues.ts';
import type { RunProgress } from '../../shared/queue/run-counters.ts';
import type { JobPriority } from '../../shared/queue/shard-job.ts';
import { markedShards, visitDoneShards } from '../../shared/results/done-shards.ts';
import { putFailedShard, readFailedShards } from '../../shared/results/failed-shards.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';

export interface SweepRequest {
  readonly queues: FleetQueues;
  readonly progress: RunProgress;
  readonly store: ObjectStore;
  readonly spec: RunSpec;
  readonly priority: JobPriority;
}

export interface SweepResult {
  readonly total: number;
  readonly done: number;
  /** Shards that failed for good. */
  readonly failed: number;
  /** Lost jobs that were restored. */
  readonly added: number;
  /** True when nothing is left to wait for: the summary was requested. */
  readonly settled: boolean;
}

/** Bookings that may be under way between a marker and its bit in Redis. */
const bookingSlack = 16;

/**
 * Compares what storage holds of a run with its manifest and restores what Redis lost: jobs of shards without results, the counters, the
 * request for the summary. Safe at any time, next to workers, producers and other sweepers. While the run is under way a listing is enough; the markers
 * themselves are read, and their files compared, when Redis has lost count and when no shard is missing any more.
 */
export async function sweepRun(request: SweepRequest): Promise<SweepResult> {
  const { progress, store, spec } = request;
  const { runId, dataset } = spec;
  const total = dataset.shards;
  const marked = await markedShards(store, { runId, shards: total });
  const failed = await readFailedShards(store, { runId, shards: total });
  const open = Array.from({ length: total }, (_, shard) => shard).filter(
    (shard) => !marked.has(shard) && !failed.has(shard),
  );
  const added = await restoreJobs(open, failed, request);
  const booked = (await progress.readProgress({ out: store.uri, runId })).done;
  const underWay = open.some((shard) => !failed.has(shard));
  if (underWay && marked.size - booked <= bookingSlack) {
    return { total, done: marked.size, failed: failed.size, added, settled: false };
  }
  const checked = await rebuildFromMarkers(request, failed);
  return { ...checked, total, added: added + checked.added };
}

async function rebuildFromMarkers(request: SweepRequest, failed: Map<number, string>) {
  const { queues, progress, store, spec } = request;
  const { runId, dataset } = spec;
  const run = { out: store.uri, runId };
  const total = dataset.shards;
  const done: number[] = [];
  const counters = { images: 0, imagesFailed: 0 };
  const unusable = new Map<number, string>();
  const missing = await visitDoneShards(
    store,
    { planned: spec },
    (marker) => {
      done.push(marker.shard);
      const { images, statuses } = marker.statistics;
      counters.images += images;
      counters.imagesFailed += images - (statuses.success ?? 0);
    },
    (shard, reason) => void unusable.set(shard, reason),
  );
  // The other writer would undo a retry: the shard has failed for good, with that reason.
  for (const [shard, reason] of unusable) {
    if (!failed.has(shard)) await putFailedShard(store, { runId, shard, reason });
    failed.set(shard, reason);
    missing.push(shard);
  }
  const torn = missing.filter((shard) => !failed.has(shard));
  const added = await restoreJobs(torn, failed, request);
  const lost = missing.filter((shard) => failed.has(shard));
  await progress.rebuild(run, { done, failed: lost, ...counters });
  const settled = done.length + lost.length === total;
  if (settled) await queues.addSummary({ v: 1, ...run });
  return { done: done.length, failed: lost.length, added, settled };
}

/** Adds a job for each shard without one; records a shard whose job failed for good and adds it to `failed`. Returns the jobs added. */
async function restoreJobs(
  shards: readonly number[],
  failed: Map<number, string>,
  { queues, store, spec, priority }: SweepRequest,
): Promise<number> {
  const { runId } = spec;
  let added = 0;
  for (const shard of shards) {
    const job = { v: 1, out: store.uri, runId, shard } as const;
    const ensured = await queues.ensureShard(job, priority);
    if (ensured === 'added') added += 1;
    if (ensured !== 'failed') continue;
    const reason = (await queues.failureOf(job)) ?? 'the job failed';
    await putFailedShard(store, { runId, shard, reason });
    failed.set(shard, reason);
  }
  return added;
}
