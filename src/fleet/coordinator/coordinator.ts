import type { Cluster, Redis } from 'ioredis';
import type { Places } from '../../cli/options/place-options.ts';
import { sweepRun } from '../../producer/queue/sweep-run.ts';
import { summarizeRun } from '../../report/summarize-run.ts';
import { EigenfleetError, messageOf } from '../../shared/errors.ts';
import { within } from '../../shared/host/within.ts';
import { DelayedError, type Job, UnrecoverableError, Worker } from '../../shared/queue/bullmq.ts';
import type { FleetQueues } from '../../shared/queue/fleet-queues.ts';
import type { RedisOutage } from '../../shared/queue/redis-outage.ts';
import type { RunProgress } from '../../shared/queue/run-counters.ts';
import {
  queueNames,
  queuePrefix,
  type SummaryJob,
  summaryJobSchema,
} from '../../shared/queue/shard-job.ts';
import { safeError } from '../../shared/redaction/safe-text.ts';
import { putFailedShard, readFailedShards } from '../../shared/results/failed-shards.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import { openRun } from '../../shared/run/open-run.ts';
import { readRunState } from '../../shared/run/run-state.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { StoreOptions } from '../../shared/storage/open-store.ts';
import { StorageUnavailableError } from '../../shared/storage/storage-unavailable.ts';
import type { Logger } from '../../shared/telemetry/logger.ts';
import { ChangedWarnings } from './changed-warnings.ts';

/** Is told what a coordinator does. */
export interface CoordinatorWatch {
  jobTaken(): void;
  jobSettled(): void;
  /** All open runs were looked at. */
  swept(): void;
}

export interface CoordinatorOptions {
  readonly connection: Redis | Cluster;
  /** Is told what goes wrong in the queue. */
  readonly outage: RedisOutage;
  readonly queues: FleetQueues;
  readonly progress: RunProgress;
  readonly logger: Logger;
  /** Results that are always looked after; those that producers named are added. */
  readonly outs: readonly string[];
  readonly sweepEveryMs: number;
  readonly watch?: CoordinatorWatch;
  /** Which results it looks after, and whose images its reports may show. */
  readonly places: Places;
  openStore(uri: string): ObjectStore;
  openImages(uri: string): ObjectStore;
  /** The same stores for summaries, which wait while they cannot be used. A sweep passes over them: other results are to be looked after meanwhile. */
  openPatientStore(uri: string): ObjectStore;
  /** How `openStore` opens them, for threads that have to do the same. */
  readonly storeOptions?: StoreOptions;
}

/** A summary that this coordinator may not write is left to others for so long. */
const refusedMs = 30_000;

/** Well within `coordinatorExpirySeconds`, and soon again after another coordinator has left. */
const beatEveryMs = 5_000;

/** When a summary is tried again whose storage did not come back in time. */
const storageAgainMs = 15_000;

/**
 * The one part of a fleet that is always on. It needs no GPU: it restores what Redis lost, and summarizes a run when all its shards are
 * settled. Any number of them do no harm to each other.
 */
export class Coordinator {
  readonly #options: CoordinatorOptions;
  readonly #summaries: Worker<SummaryJob>;
  readonly #warnings: ChangedWarnings;
  #timer: NodeJS.Timeout | undefined;
  #beats: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: CoordinatorOptions) {
    this.#options = options;
    this.#warnings = new ChangedWarnings(options.logger);
    const { connection, outage, logger } = options;
    this.#summaries = new Worker<SummaryJob>(
      queueNames.summaries,
      (job, token) => this.#watched(() => this.#attempt(job, token)),
      // Merging a large run takes a minute of one core: the lock outlasts what blocks the loop meanwhile.
      { connection, prefix: queuePrefix, lockDuration: 120_000, maxStalledCount: 5 },
    );
    outage.hear(this.#summaries);
    this.#summaries.on('failed', (job, error) =>
      logger.warn(
        { out: job?.data.out, run: job?.data.runId, reason: error.message },
        'summary failed',
      ),
    );
  }

  start(): void {
    this.#beat();
    this.#sweepOn();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#beats);
    await this.#sweeping;
    await this.#summaries.close();
    // Redis may be away for good; leaving must not wait for it.
    await within(1_000, () => this.#options.progress.coordinatorLeaves());
  }

  /** Looks at every open run once. A run or a store that fails does not keep the others from being looked at. */
  async sweep(): Promise<void> {
    const { outs, progress, logger } = this.#options;
    const known = await progress.listOuts().catch((error: unknown) => {
      logger.warn({ error: messageOf(error) }, 'the list of results could not be read');
      return [];
    });
    for (const out of new Set([...outs, ...known])) {
      if (this.#stopped) return;
      try {
        if (await this.#mayWrite(out)) await this.#sweepOut(out);
      } catch (error) {
        this.#warnings.warn(out, { out, error: messageOf(error) }, 'results could not be swept');
      }
    }
    this.#options.watch?.swept();
  }

  async #watched<Result>(job: () => Promise<Result>): Promise<Result> {
    const { watch } = this.#options;
    watch?.jobTaken();
    try {
      return await job();
    } catch (error) {
      // BullMQ stores message and stack.
      throw safeError(error);
    } finally {
      watch?.jobSettled();
    }
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.#sweepOn(), this.#options.sweepEveryMs);
  }

  #sweepOn(): void {
    this.#sweeping = this.sweep().finally(() => this.#schedule());
  }

  #beat(): void {
    const { progress, logger } = this.#options;
    const missed = (error: unknown): void =>
      logger.debug({ error: messageOf(error) }, 'heartbeat missed');
    void progress
      .coordinatorBeat()
      .catch(missed)
      .finally(() => {
        if (!this.#stopped) this.#beats = setTimeout(() => this.#beat(), beatEveryMs);
      });
  }

  async #sweepOut(out: string): Promise<void> {
    const { openStore, logger, queues, progress } = this.#options;
    const store = openStore(out);
    for await (const runId of store.listFolders('')) {
      if (this.#stopped) return;
      try {
        if (!(await isOpenRun(store, runId))) continue;
        const spec = await openRun(store, runId);
        const result = await sweepRun({ queues, progress, store, spec, priority: 'normal' });
        this.#warnings.clear(`${out} ${runId}`);
        if (result.added > 0) logger.info({ out, run: runId, ...result }, 'restored lost jobs');
      } catch (error) {
        const fields = { out, run: runId, error: messageOf(error) };
        this.#warnings.warn(`${out} ${runId}`, fields, 'a run could not be swept');
      }
    }
  }

  async #mayWrite(out: string): Promise<boolean> {
    if (await this.#options.places.outs.has(out)) return true;
    const words = `this coordinator may not write to ${out}, and leaves its runs to others; if none may, start this one with --allow-out ${out} too`;
    this.#warnings.warn(out, { out }, words);
    return false;
  }

  /** Where a report finds its photos; without them it has the maps. */
  async #imagesOf(rootUri: string): Promise<ObjectStore | undefined> {
    const { places, openImages } = this.#options;
    if (await places.ins.has(rootUri)) return openImages(rootUri);
    const words = `this coordinator may not read images from ${rootUri}: reports show no photos of them; if they are to, start it with --allow-in ${rootUri} too`;
    this.#warnings.warn(`images ${rootUri}`, { images: rootUri }, words);
    return undefined;
  }

  /** Storage that stays away uses up no attempt. */
  async #attempt(job: Job<SummaryJob>, token?: string): Promise<unknown> {
    try {
      return await this.#summarize(job);
    } catch (error) {
      if (!(error instanceof StorageUnavailableError)) throw error;
      await job.moveToDelayed(Date.now() + storageAgainMs, token);
      throw new DelayedError();
    }
  }

  async #summarize(job: Job<SummaryJob>, token?: string): Promise<unknown> {
    const parsed = summaryJobSchema.safeParse(job.data);
    if (!parsed.success) throw new UnrecoverableError(`the job ${job.id} is no summary job`);
    const { out, runId } = parsed.data;
    if (!(await this.#mayWrite(out))) {
      await job.moveToDelayed(Date.now() + refusedMs, token);
      throw new DelayedError();
    }
    const { openPatientStore, storeOptions, queues, progress, logger } = this.#options;
    const store = openPatientStore(out);
    if ((await readRunState(store, runId)) !== 'open') return { status: 'closed' };
    const spec = await openRun(store, runId);
    const failedShards = await readFailedShards(store, runId);
    const imageStore = await this.#imagesOf(spec.dataset.rootUri);
    const request = { store, runId, imageStore, failedShards };
    const summarized = await summarizeRun({ ...request, ...(storeOptions && { storeOptions }) });
    if (summarized.status === 'incomplete') {
      await sweepRun({ queues, progress, store, spec, priority: 'normal' });
      const { length } = summarized.missing;
      throw new EigenfleetError('storage', `${length} shards are not as their markers say`);
    }
    // Of shards that only the summary found to be of no use; noted like others, so that they can be tried again.
    for (const { shard, reason } of summarized.summary.shardFailures ?? []) {
      if (!failedShards.has(shard)) await putFailedShard(store, { runId, shard, reason });
    }
    logger.info({ out, run: runId, failedShards: failedShards.size }, 'run summarized');
    return { status: summarized.status };
  }
}

async function isOpenRun(store: ObjectStore, runId: string): Promise<boolean> {
  if ((await store.head(objectKeys.run(runId))) === undefined) return false;
  return (await readRunState(store, runId)) === 'open';
}
