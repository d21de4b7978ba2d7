import { EigenfleetError } from '../../shared/errors.ts';
import type { RunProgress } from '../../shared/queue/run-counters.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import { reportPlaceOf } from '../../shared/run/run-state.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';

/**
 * Cancels a run: first in storage, which survives Redis, then for the workers, which check at the start of each shard and every few seconds. Waiting jobs
 * are not removed: each ends as soon as a worker takes it.
 *
 * @throws EigenfleetError `usage` when the run is closed: there is nothing to stop, and its report would be lost.
 */
export async function cancelRun(
  store: ObjectStore,
  progress: Pick<RunProgress, 'setCancelled'>,
  runId: string,
): Promise<void> {
  if ((await store.head(objectKeys.report(runId))) !== undefined) {
    throw new EigenfleetError(
      'usage',
      `Run ${runId} is already closed, so nothing changed: its report is ${reportPlaceOf(store, runId)}`,
    );
  }
  const mark = { schema: 'cancelled@1', runId, cancelledAt: new Date().toISOString() };
  await store.put(objectKeys.cancelled(runId), new TextEncoder().encode(JSON.stringify(mark)));
  await progress.setCancelled({ out: store.uri, runId });
}
