import { readFailedShards } from '../shared/failed-shards.ts';
import { objectKeys } from '../shared/object-keys.ts';
import { summaryJobId } from '../shared/shard-job.ts';
import { type SweepRequest, type SweepResult, sweepRun } from './sweep-run.ts';

export interface ResumeRequest extends SweepRequest {
  /** Also tries again what failed for good. */
  readonly retryFailed: boolean;
}

/**
 * Takes a run up again: one that was cancelled, that Redis has forgotten, or, with `retryFailed`, whose failed shards are to be tried again.
 * Its summary is made anew at the end if anything is added.
 */
export async function resumeRun(request: ResumeRequest): Promise<SweepResult> {
  const { store, spec, queues, progress, priority, retryFailed } = request;
  const { runId } = spec;
  const run = { out: store.uri, runId };
  await store.delete(objectKeys.cancelled(runId));
  await progress.clearCancelled(run);
  const failed = retryFailed ? await readFailedShards(store, runId) : new Map<number, string>();
  if (failed.size > 0) {
    // The report goes first: without it the run counts as open, whatever happens next.
    await store.delete(objectKeys.report(runId));
    await queues.summaries.remove(summaryJobId(run));
  }
  for (const shard of failed.keys()) {
    await store.delete(objectKeys.failedShard(runId, shard));
    await queues.ensureShard({ v: 1, ...run, shard }, priority, true);
  }
  return sweepRun(request);
}
