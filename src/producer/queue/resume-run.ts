import { summaryJobId } from '../../shared/queue/shard-job.ts';
import { deleteUnusableMarker } from '../../shared/results/done-shards.ts';
import { readFailedShards } from '../../shared/results/failed-shards.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import { type SweepRequest, type SweepResult, sweepRun } from './sweep-run.ts';

export interface ResumeRequest extends SweepRequest {
  /** Also retries what failed for good. */
  readonly retryFailed: boolean;
}

export interface ResumeResult extends SweepResult {
  /** True when the run has its report and nothing was added, so that it stays as it is. */
  readonly closed: boolean;
}

/**
 * Resumes a run: one that was cancelled, that Redis forgot, or, with `retryFailed`, one with failed shards to retry.
 * Its summary is rebuilt at the end if anything is added.
 */
export async function resumeRun(request: ResumeRequest): Promise<ResumeResult> {
  const { store, spec, queues, progress, priority, retryFailed } = request;
  const { runId } = spec;
  const run = { out: store.uri, runId };
  await store.delete(objectKeys.cancelled(runId));
  await progress.clearCancelled(run);
  const { shards } = spec.dataset;
  const failed = retryFailed
    ? await readFailedShards(store, { runId, shards })
    : new Map<number, string>();
  // The report goes first: without it the run counts as open, whatever happens next.
  if (failed.size > 0) await reopen(request);
  let retried = 0;
  for (const shard of failed.keys()) {
    await deleteUnusableMarker(store, spec, shard);
    await store.delete(objectKeys.failedShard(runId, shard));
    const ensured = await queues.ensureShard({ v: 1, ...run, shard }, priority, true);
    if (ensured === 'added') retried += 1;
  }
  const swept = await sweepRun(request);
  const added = swept.added + retried;
  const reported = (await store.head(objectKeys.report(runId))) !== undefined;
  // A shard of a closed run was lost since.
  if (reported && added > 0) await reopen(request);
  return { ...swept, added, closed: reported && added === 0 };
}

async function reopen({ store, spec: { runId }, queues }: ResumeRequest): Promise<void> {
  await store.delete(objectKeys.report(runId));
  await queues.summaries.remove(summaryJobId({ out: store.uri, runId }));
}
