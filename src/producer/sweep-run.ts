import { visitDoneShards } from '../shared/done-shards.ts';
import { putFailedShard, readFailedShards } from '../shared/failed-shards.ts';
import type { FleetQueues } from '../shared/fleet-queues.ts';
import type { ObjectStore } from '../shared/object-store.ts';
import type { RunProgress } from '../shared/run-progress.ts';
import type { RunSpec } from '../shared/run-spec.ts';
import type { JobPriority } from '../shared/shard-job.ts';

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
  /** Jobs that were lost and are there again. */
  readonly added: number;
  /** True when nothing is left to wait for: the summary was asked for. */
  readonly settled: boolean;
}

/**
 * Compares what storage holds of a run with its manifest and restores what Redis lost: jobs of shards without results, the counters, the
 * wish for the summary. Safe at any time, next to workers, producers and other sweepers.
 */
export async function sweepRun(request: SweepRequest): Promise<SweepResult> {
  const { queues, progress, store, spec } = request;
  const { runId, dataset } = spec;
  const total = dataset.shards;
  const done: number[] = [];
  const counters = { images: 0, imagesFailed: 0 };
  const missing = await visitDoneShards(store, { runId, shards: total }, (marker) => {
    done.push(marker.shard);
    const { images, statuses } = marker.statistics;
    counters.images += images;
    counters.imagesFailed += images - (statuses.success ?? 0);
  });
  const failed = await readFailedShards(store, runId);
  let added = 0;
  for (const shard of missing) {
    if (failed.has(shard)) continue;
    const job = { v: 1, out: store.uri, runId, shard } as const;
    const ensured = await queues.ensureShard(job, request.priority);
    if (ensured === 'added') added += 1;
    if (ensured !== 'failed') continue;
    const reason = (await queues.failureOf(runId, shard)) ?? 'the job failed';
    await putFailedShard(store, { runId, shard, reason });
    failed.set(shard, reason);
  }
  const lost = missing.filter((shard) => failed.has(shard));
  await progress.rebuild(runId, { done, failed: lost, ...counters });
  const settled = done.length + lost.length === total;
  if (settled) await queues.addSummary({ v: 1, out: store.uri, runId });
  return { total, done: done.length, failed: lost.length, added, settled };
}
