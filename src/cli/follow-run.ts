import { appendFile } from 'node:fs/promises';
import { type Summary, summarySchema } from '../report/summary-schema.ts';
import { githubStepSummary } from '../shared/config.ts';
import { EigenfleetError, exitCodes } from '../shared/errors.ts';
import { objectKeys } from '../shared/object-keys.ts';
import type { ObjectStore } from '../shared/object-store.ts';
import { openRun } from '../shared/open-run.ts';
import type { RunProgress } from '../shared/run-progress.ts';
import { readRunState } from '../shared/run-state.ts';
import { startFleetProgress } from './fleet-progress.ts';
import { interruptedExitCode } from './interrupt.ts';
import { runClosing } from './run-closing.ts';
import type { Terminal } from './terminal.ts';

export interface FollowRequest {
  readonly fleet: { readonly progress: Pick<RunProgress, 'readProgress' | 'listWorkers'> };
  readonly store: ObjectStore;
  readonly runId: string;
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/** How often Redis and storage are asked; both answers are small. */
const pollMs = 1_000;

/**
 * Shows a run until it is closed or cancelled, prints its closing words and gives the exit code: 0 when all shards are done, 9 when some
 * failed for good or the run was cancelled, 4 when no image could be explained. What counts is storage; events are never waited for.
 */
export async function followRun(request: FollowRequest): Promise<number> {
  const { fleet, store, runId, terminal, signal } = request;
  const spec = await openRun(store, runId);
  const view = await startFleetProgress({ total: spec.dataset, terminal });
  try {
    for (;;) {
      const state = await readRunState(store, runId);
      if (state !== 'open') break;
      const counters = await fleet.progress.readProgress({ out: store.uri, runId });
      view.show(counters, await fleet.progress.listWorkers());
      if (!(await pause(signal))) {
        view.stop();
        terminal.note(`The run goes on without you: eigenfleet watch ${runId} --out ${store.uri}`);
        return interruptedExitCode;
      }
    }
  } finally {
    view.stop();
  }
  return closingOf(request);
}

async function closingOf({ store, runId, terminal, json }: FollowRequest): Promise<number> {
  const bytes = await store.get(objectKeys.summaryJson(runId));
  if (bytes === undefined) {
    terminal.print(`Run ${runId} was cancelled. eigenfleet resume ${runId} takes it up again.`);
    return exitCodes.incomplete;
  }
  const parsed = summarySchema.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
  if (!parsed.success) {
    throw new EigenfleetError(
      'storage',
      `summary.json of run ${runId} is damaged: resume the run.`,
    );
  }
  const summary = parsed.data;
  const report = `${store.uri}/${objectKeys.report(runId)}`;
  terminal.print(runClosing({ summary, out: store.uri, report, json, terminal }));
  await writeStepSummary(store, runId);
  return exitCodeOf(summary);
}

/** Shards that failed come first: where all did, nothing was explained either, and the images are not to blame. */
function exitCodeOf({ failedShards, counts }: Summary): number {
  if (failedShards.length > 0) return exitCodes.incomplete;
  return counts.explained === 0 ? exitCodes.dataset : 0;
}

/** On a CI that shows Markdown beside the job, the summary goes there too. */
async function writeStepSummary(store: ObjectStore, runId: string): Promise<void> {
  const file = githubStepSummary();
  const bytes = file && (await store.get(objectKeys.summaryMarkdown(runId)));
  if (file && bytes) await appendFile(file, bytes);
}

/** False when the signal ended it. */
async function pause(signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, pollMs);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
  return !signal.aborted;
}
