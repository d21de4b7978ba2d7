import type { FleetQueues } from '../../shared/queue/fleet-queues.ts';
import type { RunProgress } from '../../shared/queue/run-counters.ts';
import type { ShardJob } from '../../shared/queue/shard-job.ts';
import { putFailedShard } from '../../shared/results/failed-shards.ts';
import { openRun } from '../../shared/run/open-run.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';

export interface BookingPorts {
  readonly progress: RunProgress;
  readonly queues: Pick<FleetQueues, 'addSummary'>;
  openStore(uri: string): ObjectStore;
}

/** Records a shard that failed for good; that may settle the run. */
export async function bookFailedShard(
  job: ShardJob,
  reason: string,
  { progress, queues, openStore }: BookingPorts,
): Promise<void> {
  const { runId, shard, out } = job;
  const store = openStore(out);
  const { dataset } = await openRun(store, runId);
  // A job may name a shard that no plan made.
  if (shard >= dataset.shards) return;
  await putFailedShard(store, { runId, shard, reason });
  const settled = { out, runId, shard, total: dataset.shards, images: 0, failed: 0 };
  const answer = await progress.markShardSettled({ ...settled, outcome: 'failed' });
  if (answer === 'last') await queues.addSummary({ v: 1, out, runId });
}
