import { appendFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { isPassing } from '../../fleet/fleet-state.ts';
import { EigenfleetError, exitCodes } from '../../shared/errors.ts';
import { githubStepSummary } from '../../shared/host/environment.ts';
import { StorageUnavailableError } from '../../shared/host/storage-unavailable.ts';
import type { FleetQueues } from '../../shared/queue/fleet-queues.ts';
import { PauseNotes } from '../../shared/queue/pause-notes.ts';
import { redisReason } from '../../shared/queue/redis-error.ts';
import type { RunProgress } from '../../shared/queue/run-counters.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import { openRun } from '../../shared/run/open-run.ts';
import type { RunAddress } from '../../shared/run/places/run-address.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { verdictMarkdown, withVerdictMarkdown } from '../../verdict/publish/verdict-markdown.ts';
import { runClosing } from '../terminal/run-closing.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { type FleetView, startFleetProgress } from './fleet-progress.ts';
import { Patience } from './patience.ts';
import { type RunEnd, readRunEnd } from './run-end.ts';
import { gatedCode, passGate, type RunGate } from './run-gate.ts';
import { SummaryWatch } from './summary-watch.ts';

type Progress = Pick<
  RunProgress,
  'readProgress' | 'listWorkers' | 'isCoordinatorAlive' | 'storageFault'
>;

export interface FollowRequest {
  readonly fleet: {
    readonly progress: Progress;
    readonly queues: Pick<FleetQueues, 'paused'>;
    refusal?(): EigenfleetError | undefined;
  };
  readonly store: ObjectStore;
  readonly runId: string;
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly signal: AbortSignal;
  /** How long Redis or storage may be away; ten minutes when absent. */
  readonly patienceMs?: number | undefined;
  /** What the run is held against when it is closed. */
  readonly gate?: RunGate | undefined;
  /** The end of the run is told elsewhere. */
  readonly isPart?: boolean;
}

/** How often Redis and storage are asked; both answers are small. */
const pollMs = 1_000;
/** A Redis that keeps the connection and does not answer counts as away after this. */
const redisTimeoutMs = 15_000;

/**
 * Shows a run until it is closed or cancelled, prints its closing words and returns the exit code: 0 when all shards are done, 9 when some
 * failed for good or the run was cancelled, 4 when no image could be explained. Storage counts; events are never waited for, and
 * neither Redis nor storage has to be there all the time.
 */
export async function followRun(request: FollowRequest): Promise<number> {
  const { store, runId, terminal, signal } = request;
  const spec = await openRun(store, runId);
  const view = await startFleetProgress({ total: spec.dataset, terminal });
  const note = (line: string): void => {
    if (!signal.aborted) view.note(line);
  };
  const turn = turnOf(request, { view, note, shards: spec.dataset.shards });
  let end: RunEnd | undefined;
  try {
    while (end === undefined && !signal.aborted) {
      end = await untilAborted(signal, turn());
      if (end === undefined) await pause(pollMs, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    view.stop();
  }
  if (end !== undefined) return closingOf(request, end);
  if (request.isPart) return exitCodes.interrupted;
  terminal.note(`The run continues without you: eigenfleet watch ${runId} --out ${store.uri}`);
  return exitCodes.interrupted;
}

interface FollowPorts {
  readonly view: FleetView;
  readonly shards: number;
  note(line: string): void;
}

/** Checks storage and, while the run is open, Redis, and shows that. Returns the end of the run once it has one. */
function turnOf(
  { fleet, store, runId, patienceMs: limitMs }: FollowRequest,
  { view, note, shards }: FollowPorts,
): () => Promise<RunEnd | undefined> {
  const storage = new Patience({ name: 'Storage', reasonOf: storageReason, note, limitMs });
  const redis = new Patience({ name: 'Redis', reasonOf: redisReasonOf, note, limitMs });
  const theirs = { name: "The fleet's storage", reasonOf: storageReason, note, limitMs };
  const servicesStorage = new Patience(theirs);
  let settledBefore = 0;
  const watch = new SummaryWatch();
  const pauses = new PauseNotes();
  return async () => {
    const end = await storage.ask(() => readRunEnd(store, runId));
    if (end !== undefined && end !== 'open') return end;
    const seen = await redis.ask(() => lookAt(fleet, { out: store.uri, runId }));
    if (seen === undefined) return undefined;
    const { counters, workers, coordinatorAlive, storageFault, paused } = seen;
    view.show(counters, workers);
    const notice = pauses.look(paused);
    if (notice !== undefined) note(notice.words);
    const settledNow = counters.done + counters.failed;
    // What one service cannot use others may: as long as shards finish, the run continues.
    const fault = settledNow > settledBefore ? undefined : storageFault;
    settledBefore = settledNow;
    await servicesStorage.ask(async () => {
      if (fault !== undefined) throw new StorageUnavailableError(fault);
      return true;
    });
    const words = watch.look({ settled: settledNow >= shards, coordinatorAlive });
    if (words !== undefined) note(words);
    return undefined;
  };
}

async function lookAt({ progress, queues, refusal }: FollowRequest['fleet'], run: RunAddress) {
  const look = async () => ({
    counters: await progress.readProgress(run),
    workers: await progress.listWorkers(),
    coordinatorAlive: await progress.isCoordinatorAlive(),
    storageFault: await progress.storageFault(run.out),
    paused: await queues.paused(),
  });
  // This timer keeps no process alive: a client that was closed while it waited for Redis never answers.
  const seen = await untilAborted(AbortSignal.timeout(redisTimeoutMs), look()).catch(
    (error: unknown) => {
      throw refusal?.() ?? error;
    },
  );
  if (seen !== undefined) return seen;
  throw new EigenfleetError(
    'redis',
    'Redis keeps the connection but does not answer: see what keeps it busy, then run the same command again.',
  );
}

function storageReason(error: unknown): string | undefined {
  return error instanceof StorageUnavailableError ? error.message : undefined;
}

function redisReasonOf(error: unknown): string | undefined {
  if (!isPassing(error)) return undefined;
  return error instanceof EigenfleetError ? 'no answer' : redisReason(error);
}

async function closingOf(request: FollowRequest, end: RunEnd): Promise<number> {
  const { store, runId, terminal, json, gate, isPart } = request;
  if (isPart) return 0;
  if (end.state === 'cancelled') {
    terminal.print(`Run ${runId} was cancelled. eigenfleet resume ${runId} resumes it.`);
    return exitCodes.incomplete;
  }
  const { summary, markdown } = end;
  const report = `${store.uri}/${objectKeys.report(runId)}`;
  const verdict = await passGate(gate, { store, runId });
  terminal.print(runClosing({ summary, out: store.uri, report, json, terminal, verdict }));
  // On a CI that shows Markdown beside the job, the summary goes there too.
  const file = githubStepSummary();
  const shown = verdict && verdictMarkdown(verdict, report);
  if (file) await appendFile(file, shown ? withVerdictMarkdown(markdown, shown) : markdown);
  return gatedCode(summary, verdict);
}

/** `undefined` as soon as the signal is aborted: the call may take long to fail. */
async function untilAborted<Answer>(
  signal: AbortSignal,
  answer: Promise<Answer>,
): Promise<Answer | undefined> {
  let stop: () => void = () => {};
  const stopped = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined);
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([answer, stopped]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
