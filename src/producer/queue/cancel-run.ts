import { EigenfleetError } from '../../shared/errors.ts';
import type { RunProgress } from '../../shared/queue/run-counters.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import { reportPlaceOf } from '../../shared/run/run-state.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';

/**
 * Cancels a run: first in storage, which survives Redis, then for the workers, who look at every shard's start and every few seconds. Jobs
 * that wait are not removed: taken by a worker, each ends at once.
 *
 * @throws EigenfleetError `usage` when the run is closed: there is nothing to stop, and its report would count for nothing.
 */
export async function cancelRun(
  store: ObjectStore,
  progress: Pick<RunProgress, 'setCancelled'>,
  runId: string,
): Promise<void> {
  if ((await store.head(objectKeys.report(runId))) !== undefined) {
    throw new EigenfleetError(
      'usage',
      `Run ${runId} is closed already, so nothing was changed: its report is ${reportPlaceOf(store, runId)}`,
    );
  }
  const mark = { schema: 'cancelled@1', runId, cancelledAt: new Date().toISOString() };
  await store.put(objectKeys.cancelled(runId), new TextEncoder().encode(JSON.stringify(mark)));
  await progress.setCancelled({ out: store.uri, runId });
}
