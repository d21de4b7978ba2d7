import { objectKeys } from '../shared/object-keys.ts';
import type { ObjectStore } from '../shared/object-store.ts';
import type { RunProgress } from '../shared/run-progress.ts';

/**
 * Cancels a run: first in storage, which survives Redis, then for the workers, who look at every shard's start and every few seconds. Jobs
 * that wait are not removed: taken by a worker, each ends at once.
 */
export async function cancelRun(
  store: ObjectStore,
  progress: RunProgress,
  runId: string,
): Promise<void> {
  const mark = { schema: 'cancelled@1', runId, cancelledAt: new Date().toISOString() };
  await store.put(objectKeys.cancelled(runId), new TextEncoder().encode(JSON.stringify(mark)));
  await progress.setCancelled({ out: store.uri, runId });
}
