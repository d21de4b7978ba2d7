import { sweepRun } from '../../producer/queue/sweep-run.ts';
import { summarizeRun } from '../../report/summarize-run.ts';
import { EigenfleetError, messageOf } from '../../shared/errors.ts';
import { StorageUnavailableError } from '../../shared/host/storage-unavailable.ts';
import { DelayedError, type Job, UnrecoverableError } from '../../shared/queue/bullmq.ts';
import { GatedWorker } from '../../shared/queue/gated-worker.ts';
import {
  queueNames,
  queuePrefix,
  type SummaryJob,
  summaryJobSchema,
} from '../../shared/queue/shard-job.ts';
import { safeError } from '../../shared/redaction/safe-text.ts';
import { putFailedShard, readFailedShards } from '../../shared/results/failed-shards.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import { BrokenRunError, openRun } from '../../shared/run/open-run.ts';
import { readRunState } from '../../shared/run/run-state.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { ChangedWarnings } from './changed-warnings.ts';
import { type CoordinatorBeat, startCoordinatorBeat } from './coordinator-beat.ts';
import type { CoordinatorOptions } from './coordinator-options.ts';

/** How long to leave a summary that this coordinator may not write to others. */
const refusedMs = 30_000;

/** When to retry a summary whose storage did not come back in time. */
const storageAgainMs = 15_000;

/**
 * The one part of a fleet that is always on. It needs no GPU: it restores what Redis lost, and summarizes a run when all its shards are
 * settled. Any number of them can run side by side.
 */
export class Coordinator {
  readonly #options: CoordinatorOptions;
  readonly #summaries: GatedWorker<SummaryJob>;
  readonly #warnings: ChangedWarnings;
  #timer: NodeJS.Timeout | undefined;
  #beat: CoordinatorBeat | undefined;
  #sweeping: Promise<void> = Promise.resolve();
  readonly #leaving = new AbortController();

  constructor(options: CoordinatorOptions) {
    this.#options = options;
    this.#warnings = new ChangedWarnings(options.logger);
    const { connection, redis: watch, logger } = options;
    this.#summaries = new GatedWorker<SummaryJob>(
      queueNames.summaries,
      (job, token) => this.#watched(() => this.#attempt(job, token)),
      // Merging a large run takes a minute of one core: the lock outlasts what blocks the loop meanwhile.
      { connection, watch, prefix: queuePrefix, lockDuration: 120_000, maxStalledCount: 5 },
    );
    this.#summaries.on('failed', (job, error) =>
      logger.warn(
        { out: job?.data.out, run: job?.data.runId, reason: error.message },
        'summary failed',
      ),
    );
  }

  start(): void {
    this.#beat = startCoordinatorBeat(this.#options.progress, this.#options.logger);
    this.#options.audits?.start();
    this.#sweepOn();
  }

  /** Whether no summary is being made. */
  get idle(): boolean {
    return this.#summaries.idle;
  }

  async stop(): Promise<void> {
    this.#leave();
    await this.#options.audits?.stop();
    await this.#sweeping;
    await this.#summaries.close();
    await this.#beat?.leave();
  }

  /** Ends at once: others make an unfinished summary. */
  async drop(): Promise<void> {
    this.#leave();
    void this.#options.audits?.stop();
    await this.#summaries.close(true);
  }

  #leave(): void {
    this.#leaving.abort();
    clearTimeout(this.#timer);
    this.#beat?.end();
  }

  /** Whether to continue, as soon as Redis is usable. */
  #mayGoOn(): Promise<boolean> {
    return this.#options.redis.fit(this.#leaving.signal);
  }

  /** Sweeps every open run once. A failing run or store does not stop the others. */
  async sweep(): Promise<void> {
    const { outs, progress, logger } = this.#options;
    if (!(await this.#mayGoOn())) return;
    const known = await progress.listOuts().catch((error: unknown) => {
      logger.warn({ error: messageOf(error) }, 'the list of results could not be read');
      return [];
    });
    for (const out of new Set([...outs, ...known])) {
      if (!(await this.#mayGoOn())) return;
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
      if (error instanceof BrokenRunError) throw new UnrecoverableError(error.message);
      // BullMQ stores message and stack.
      throw safeError(error);
    } finally {
      watch?.jobSettled();
    }
  }

  #schedule(): void {
    if (this.#leaving.signal.aborted) return;
    this.#timer = setTimeout(() => this.#sweepOn(), this.#options.sweepEveryMs);
  }

  #sweepOn(): void {
    this.#sweeping = this.sweep().finally(() => this.#schedule());
  }

  async #sweepOut(out: string): Promise<void> {
    const { openStore, logger, queues, progress } = this.#options;
    const store = openStore(out);
    for await (const runId of store.listFolders('')) {
      if (!(await this.#mayGoOn())) return;
      try {
        if (!(await isOpenRun(store, runId))) continue;
        const spec = await openRun(store, runId);
        const isNight = this.#options.audits?.isNight({ out: store.uri, runId });
        const priority = isNight ? 'audit' : 'normal';
        const result = await sweepRun({ queues, progress, store, spec, priority });
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
    const words = `this coordinator may not write to ${out}, and leaves its runs to others; if no other may, restart this one with --allow-out ${out}`;
    this.#warnings.warn(out, { out }, words);
    return false;
  }

  /** Where a report finds its photos; without them it has only the maps. */
  async #imagesOf(rootUri: string): Promise<ObjectStore | undefined> {
    const { places, openImages } = this.#options;
    if (await places.ins.has(rootUri)) return openImages(rootUri);
    const words = `this coordinator may not read images from ${rootUri}: its reports show no photos; to show them, restart it with --allow-in ${rootUri}`;
    this.#warnings.warn(`images ${rootUri}`, { images: rootUri }, words);
    return undefined;
  }

  /** Storage that stays away uses up no attempt. */
  async #attempt(job: Job<SummaryJob>, token?: string): Promise<unknown> {
    try {
      return await this.#summarize(job, token);
    } catch (error) {
      if (!(error instanceof StorageUnavailableError)) throw error;
      await job.moveToDelayed(Date.now() + storageAgainMs, token);
      throw new DelayedError();
    }
  }

  async #summarize(job: Job<SummaryJob>, token?: string): Promise<unknown> {
    const parsed = summaryJobSchema.safeParse(job.data);
    if (!parsed.success) throw new UnrecoverableError(`the job ${job.id} is not a summary job`);
    const { out, runId } = parsed.data;
    if (!(await this.#mayWrite(out))) {
      await job.moveToDelayed(Date.now() + refusedMs, token);
      throw new DelayedError();
    }
    const { openPatientStore, storeOptions, queues, progress, logger } = this.#options;
    const store = openPatientStore(out);
    if ((await readRunState(store, runId)) !== 'open') return { status: 'closed' };
    const spec = await openRun(store, runId);
    const failedShards = await readFailedShards(store, { runId, shards: spec.dataset.shards });
    const imageStore = await this.#imagesOf(spec.dataset.rootUri);
    const request = { store, runId, imageStore, failedShards };
    const summarized = await summarizeRun({ ...request, ...(storeOptions && { storeOptions }) });
    if (summarized.status === 'incomplete') {
      await sweepRun({ queues, progress, store, spec, priority: 'normal' });
      const { length } = summarized.missing;
      throw new EigenfleetError('storage', `${length} shards do not match their markers`);
    }
    // Shards that only the summary found unusable; recorded like others, so that they can be retried.
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
