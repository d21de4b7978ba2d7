import { EigenfleetError } from '../../shared/errors.ts';
import { within } from '../../shared/host/within.ts';
import type { FleetQueues } from '../../shared/queue/fleet-queues.ts';
import type { LiveWorker } from '../../shared/queue/live-worker.ts';
import { pausedWords } from '../../shared/queue/pause-notes.ts';
import type { RunCounters, RunProgress } from '../../shared/queue/run-counters.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import { brokenRunWords, type ListedRun, listRuns } from '../../shared/run/run-names.ts';
import { readRunState } from '../../shared/run/run-state.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { mostStoredBytes, readStoredBytes } from '../../shared/storage/stored-json.ts';
import { readClosedRun, withoutDoubles } from '../run-counts.ts';
import type { DashboardRun, RunList } from './dashboard-page.ts';

/** Runs in the list; each open one costs a request to Redis. */
const mostRuns = 200;
/** How long the page waits for Redis: it works without. */
const redisTimeoutMs = 2_000;

export interface DashboardRunsOptions {
  /** Results folders; runs of all of them are in one list. */
  readonly stores: readonly ObjectStore[];
  readonly progress: Pick<RunProgress, 'readProgress' | 'listWorkers'>;
  readonly queues: Pick<FleetQueues, 'paused'>;
  readonly redisTimeoutMs?: number;
  /** What makes Redis unusable, if known. */
  redisFault?(): string | undefined;
}

/** Collects what the dashboard's list shows: the runs from storage, the progress of open ones from Redis. */
export class DashboardRuns {
  readonly #options: DashboardRunsOptions;
  /** Numbers of closed runs by address: they change only if the run is resumed. */
  readonly #closed = new Map<string, DashboardRun>();
  #redisAnswers = true;
  /** Does not wait for a Redis that is known to be away. */
  async #ask<Answer>(question: () => Promise<Answer>): Promise<Answer | undefined> {
    const { redisTimeoutMs: limitMs = redisTimeoutMs, redisFault } = this.#options;
    if (redisFault?.() === undefined) {
      const answer = await within(limitMs, question);
      if (answer.status === 'answered') return answer.value;
    }
    this.#redisAnswers = false;
    return undefined;
  }

  constructor(options: DashboardRunsOptions) {
    this.#options = options;
  }

  async list(): Promise<RunList> {
    this.#redisAnswers = true;
    const { stores } = this.#options;
    const problems: string[] = [];
    const workers = this.#workers();
    const paused = this.#ask(() => this.#options.queues.paused());
    const lists = await Promise.all(stores.map((store, out) => listStore(store, out, problems)));
    const listed = lists.flat().sort((a, b) => (a.plannedAt < b.plannedAt ? 1 : -1));
    const runs = await Promise.all(listed.slice(0, mostRuns).map((run) => this.#describe(run)));
    const alive = await workers;
    const pause = pausedWords((await paused) ?? []);
    if (pause !== undefined) problems.push(pause);
    if (!this.#redisAnswers) {
      const fault = this.#options.redisFault?.() ?? 'Redis does not answer';
      problems.push(`${fault}: the progress of runs is unknown.`);
    }
    const hidden = listed.length - runs.length;
    if (hidden > 0) problems.push(`${hidden} older runs are not shown: see eigenfleet runs.`);
    return { runs, ...(alive && { workers: alive }), problems };
  }

  /** Both come from a URL: anything but the id of a run in a shown results folder has no report. */
  async readReport(runId: string, out: number): Promise<Uint8Array | undefined> {
    if (!/^\w[\w-]*$/.test(runId)) return undefined;
    const store = this.#options.stores[out];
    if (store === undefined) return undefined;
    const stored = await readStoredBytes(store, objectKeys.report(runId), mostStoredBytes.report);
    if ('reason' in stored) {
      throw new EigenfleetError(
        'storage',
        `The report of ${runId} cannot be shown: ${stored.reason}.`,
      );
    }
    return stored.status === 'read' ? stored.bytes : undefined;
  }

  async #describe({ store, out, ...run }: StoredRun): Promise<DashboardRun> {
    const { runId, names } = run;
    const address = `${store.uri}/${runId}`;
    const state = await readRunState(store, runId);
    const where = this.#options.stores.length > 1 ? { out, outUri: store.uri } : { out };
    const base = { ...run, ...where, state };
    if (state !== 'closed') {
      this.#closed.delete(address);
      return { ...base, ...(await this.#counters(run, store.uri)) };
    }
    const known = this.#closed.get(address);
    if (known !== undefined) return { ...known, names };
    const said = await readClosedRun(store, runId, run.shards);
    const closed = {
      ...base,
      ...(said && progressOf(said.counters)),
      ...(said?.finding && { finding: said.finding.text }),
    };
    this.#closed.set(address, closed);
    return closed;
  }

  async #workers(): Promise<readonly LiveWorker[] | undefined> {
    return this.#ask(() => this.#options.progress.listWorkers());
  }

  async #counters(run: ListedRun, out: string): Promise<Partial<DashboardRun>> {
    const { progress } = this.#options;
    const counters = await this.#ask(() => progress.readProgress({ out, runId: run.runId }));
    return counters === undefined ? {} : progressOf(withoutDoubles(counters, run));
  }
}

/** A run and its place: `out` is the index of its store among those shown. */
interface StoredRun extends ListedRun {
  readonly store: ObjectStore;
  readonly out: number;
}

/** An unreadable store becomes a problem to show; the others are still listed. */
async function listStore(
  store: ObjectStore,
  out: number,
  problems: string[],
): Promise<StoredRun[]> {
  try {
    const { runs, broken } = await listRuns(store);
    problems.push(...brokenRunWords(store, broken));
    return runs.map((run) => ({ ...run, store, out }));
  } catch (error) {
    const known = error instanceof EigenfleetError;
    problems.push(known ? error.message : `${store.uri} cannot be read.`);
    return [];
  }
}

function progressOf({ imagesLive, imagesFailed, done, failed }: RunCounters) {
  return { imagesDone: imagesLive, imagesFailed, shardsDone: done, shardsFailed: failed };
}
