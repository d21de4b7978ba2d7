import { summarySchema } from '../report/summary-schema.ts';
import { objectKeys } from '../shared/object-keys.ts';
import type { ObjectStore } from '../shared/object-store.ts';
import { type ListedRun, listRuns } from '../shared/run-names.ts';
import type { RunProgress } from '../shared/run-progress.ts';
import { readRunState } from '../shared/run-state.ts';
import { within } from '../shared/within.ts';
import type { RunList } from './dashboard.ts';
import type { DashboardRun } from './dashboard-page.ts';

/** Runs that the list shows; each open one costs a question to Redis. */
const mostRuns = 200;
/** How long the page waits for Redis: it can do without. */
const redisTimeoutMs = 2_000;

const closedSchema = summarySchema.pick({ counts: true, failedShards: true });

export interface DashboardRunsOptions {
  readonly store: ObjectStore;
  readonly progress: Pick<RunProgress, 'readProgress'>;
  readonly redisTimeoutMs?: number;
}

/** Gathers what the dashboard's list shows: from storage what runs there are, from Redis how far the open ones have come. */
export class DashboardRuns {
  readonly #options: DashboardRunsOptions;
  /** Numbers of closed runs by run id: they do not change any more unless the run is taken up again. */
  readonly #closed = new Map<string, DashboardRun>();
  #redisAnswers = true;

  constructor(options: DashboardRunsOptions) {
    this.#options = options;
  }

  async list(): Promise<RunList> {
    this.#redisAnswers = true;
    const listed = await listRuns(this.#options.store);
    const runs = await Promise.all(listed.slice(0, mostRuns).map((run) => this.#describe(run)));
    const problem = this.#problem(listed.length - runs.length);
    return { runs, ...(problem !== undefined && { problem }) };
  }

  /** `runId` comes from an address: anything but an id has no report. */
  async readReport(runId: string): Promise<Uint8Array | undefined> {
    if (!/^\w[\w-]*$/.test(runId)) return undefined;
    return this.#options.store.get(objectKeys.report(runId));
  }

  async #describe(run: ListedRun): Promise<DashboardRun> {
    const { store } = this.#options;
    const { runId, names, datasetName, plannedAt, images } = run;
    const state = await readRunState(store, runId);
    const base = { runId, names, datasetName, plannedAt, images, state };
    if (state !== 'closed') return { ...base, ...(await this.#counters(runId)) };
    const known = this.#closed.get(runId);
    if (known !== undefined) return { ...known, names };
    const closed = { ...base, ...(await this.#summary(runId)) };
    this.#closed.set(runId, closed);
    return closed;
  }

  async #counters(runId: string): Promise<Partial<DashboardRun>> {
    const { progress, redisTimeoutMs: limitMs = redisTimeoutMs } = this.#options;
    const answer = await within(limitMs, () => progress.readProgress(runId));
    if (answer.status !== 'answered') {
      this.#redisAnswers = false;
      return {};
    }
    const { imagesLive, imagesFailed, failed } = answer.value;
    return { imagesDone: imagesLive, imagesFailed, shardsFailed: failed };
  }

  async #summary(runId: string): Promise<Partial<DashboardRun>> {
    const bytes = await this.#options.store.get(objectKeys.summaryJson(runId));
    if (bytes === undefined) return {};
    const parsed = closedSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    if (!parsed.success) return {};
    const { counts, failedShards } = parsed.data;
    const { explained, failed } = counts;
    const shardsFailed = failedShards.length;
    return { imagesDone: explained + failed, imagesFailed: failed, shardsFailed };
  }

  #problem(hidden: number): string | undefined {
    const sentences = [
      ...(this.#redisAnswers ? [] : ['Redis does not answer: how far runs have come is unknown.']),
      ...(hidden > 0 ? [`${hidden} older runs are not shown: see eigenfleet runs.`] : []),
    ];
    return sentences.length === 0 ? undefined : sentences.join(' ');
  }
}
