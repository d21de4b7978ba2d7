import { setTimeout as passed } from 'node:timers/promises';
import type { Cluster, Redis } from 'ioredis';
import { EigenfleetError, messageOf } from '../../shared/errors.ts';
import { StorageUnavailableError } from '../../shared/host/storage-unavailable.ts';
import {
  DelayedError,
  type Job,
  UnrecoverableError,
  WaitingError,
} from '../../shared/queue/bullmq.ts';
import { shardAttempts } from '../../shared/queue/fleet-queues.ts';
import { GatedWorker } from '../../shared/queue/gated-worker.ts';
import type { RedisWatch } from '../../shared/queue/redis-watch.ts';
import {
  queueNames,
  queuePrefix,
  type ShardJob,
  shardJobSchema,
} from '../../shared/queue/shard-job.ts';
import { safeError } from '../../shared/redaction/safe-text.ts';
import { BrokenRunError } from '../../shared/run/open-run.ts';
import { runKeyOf } from '../../shared/run/places/run-address.ts';
import { DamagedManifestError } from '../../shared/run/stored-manifest.ts';
import type { Logger } from '../../shared/telemetry/logger.ts';
import { type AttemptOutcome, type AttemptPorts, attemptShard } from './attempt-shard.ts';
import { RefusedPlaceError, RefusedPlaces, refusalDelayMs, restMs } from './refused-places.ts';

export interface FleetWorkerOptions {
  readonly connection: Redis | Cluster;
  /** Says when jobs may be asked for, and is told what goes wrong in the queue. */
  readonly watch: RedisWatch;
  readonly ports: AttemptPorts;
  /** Shards at once: 2 let the storage traffic of one overlap the device's work on the other. */
  readonly concurrency: number;
  /** A shard goes to another worker when its lock was not renewed for this long. */
  readonly lockMs: number;
  readonly stalledIntervalMs: number;
  /** How long running shards may go on after `stop()`. */
  readonly graceMs: number;
  readonly name: string;
  readonly logger: Logger;
  /** Aborted when running shards must be handed back, so that waits on their behalf end too. */
  readonly shutdown: AbortController;
  /** Whether results may go to this URI. Jobs of others are handed back, no attempt used. */
  isAllowedOut(out: string): Promise<boolean>;
  /** A shard was taken from the queue. */
  onTaken(job: ShardJob): void;
  /** The shard was released, for any reason. */
  onSettled(job: ShardJob): void;
  onOutcome(job: ShardJob, outcome: AttemptOutcome, wallMs: number): void;
  /** A shard failed for good: all attempts are used, or another one cannot help. Never called where results may not go. */
  onFailedForGood(job: ShardJob, reason: string): Promise<void>;
}

/** A poison image kills at most two workers for each image. Starts have no limit: each hand-back counts as one, and does no harm. */
const mostStalls = 10;

/** Takes shards from the queue until it is stopped. Explaining happens in threads, so the lock is renewed on time. */
export class FleetWorker {
  readonly #options: FleetWorkerOptions;
  readonly #worker: GatedWorker<ShardJob>;
  readonly #shutdown: AbortController;
  readonly #settling = new Set<Promise<void>>();
  readonly #refused: RefusedPlaces;
  /** Keys of runs whose run.json cannot be read. */
  readonly #broken = new Set<string>();

  constructor(options: FleetWorkerOptions) {
    this.#options = options;
    this.#shutdown = options.shutdown;
    this.#refused = new RefusedPlaces(options.logger);
    const { connection, watch, concurrency, lockMs, stalledIntervalMs, name } = options;
    this.#worker = new GatedWorker<ShardJob>(
      queueNames.shards,
      (job, token, signal) => this.#process(job, token, signal),
      {
        ...{ connection, watch, prefix: queuePrefix, concurrency, name },
        lockDuration: lockMs,
        stalledInterval: stalledIntervalMs,
        maxStalledCount: mostStalls,
        drainDelay: 5,
      },
    );
    this.#listen();
  }

  /** Whether no shard is being processed. */
  get idle(): boolean {
    return this.#worker.idle;
  }

  /**
   * Stops taking shards, lets the running ones finish within the grace time, hands back what is left, and closes. A second call
   * hands back at once.
   */
  async stop(): Promise<void> {
    const { graceMs, logger } = this.#options;
    await this.#worker.pause(true);
    const grace = setTimeout(() => this.abort(), graceMs);
    logger.info({ graceMs }, 'stopping: no new shards; running ones may finish');
    await this.#worker.close();
    clearTimeout(grace);
    await Promise.all(this.#settling);
  }

  /** Hands back running shards now. */
  abort(): void {
    this.#shutdown.abort();
  }

  /** Closes at once and leaves running shards to others. */
  async drop(): Promise<void> {
    this.#shutdown.abort();
    await this.#worker.close(true);
  }

  async #process(job: Job<ShardJob>, token?: string, signal?: AbortSignal): Promise<unknown> {
    const parsed = shardJobSchema.safeParse(job.data);
    if (!parsed.success) throw new UnrecoverableError(`the job ${job.id} is not a shard job`);
    const shardJob = parsed.data;
    const { isAllowedOut, onTaken, onSettled } = this.#options;
    onTaken(shardJob);
    try {
      if (!(await isAllowedOut(shardJob.out))) {
        this.#refused.meet(shardJob.out, 'write');
        return await this.#refuse(job, token);
      }
      const outcome = await this.#work(shardJob, job.attemptsMade + 1, signal);
      if (outcome.status !== 'handed-back') return { status: outcome.status };
      if (!this.#shutdown.signal.aborted) throw new Error('the lock of the shard was lost');
      await job.moveToWait(token);
      throw new WaitingError();
    } catch (error) {
      if (error instanceof RefusedPlaceError) {
        this.#refused.meet(error.place, 'read');
        return await this.#refuse(job, token);
      }
      if (error instanceof StorageUnavailableError) return await this.#putOff(job, token);
      // BullMQ stores message and stack.
      throw safeError(error);
    } finally {
      onSettled(shardJob);
    }
  }

  /** Leaves a job that this worker may not do to others: it comes back later with its priority, without using an attempt. */
  async #refuse(job: Job<ShardJob>, token?: string): Promise<never> {
    await delay(job, token);
    const { signal } = this.#shutdown;
    await passed(restMs, undefined, { signal }).catch(() => {});
    throw new DelayedError();
  }

  /**
   * Storage was away for longer than a running shard waits (`StorageWait` reports it): others get their turn. No attempt is used: the
   * shard is untouched.
   */
  async #putOff(job: Job<ShardJob>, token?: string): Promise<never> {
    if (this.#shutdown.signal.aborted) {
      await job.moveToWait(token);
      throw new WaitingError();
    }
    await delay(job, token);
    throw new DelayedError();
  }

  async #work(shardJob: ShardJob, attempt: number, signal?: AbortSignal): Promise<AttemptOutcome> {
    const { ports, onOutcome, logger } = this.#options;
    const log = logger.child({ out: shardJob.out, run: shardJob.runId, shard: shardJob.shard });
    log.debug({ attempt }, 'shard begun');
    const startedMs = performance.now();
    const stop = AbortSignal.any([this.#shutdown.signal, ...(signal ? [signal] : [])]);
    const outcome = await this.#attempt(shardJob, ports, stop);
    const wallMs = performance.now() - startedMs;
    log.info({ status: outcome.status, wallMs: Math.round(wallMs) }, 'shard settled');
    onOutcome(shardJob, outcome, wallMs);
    return outcome;
  }

  async #attempt(job: ShardJob, ports: AttemptPorts, signal: AbortSignal): Promise<AttemptOutcome> {
    try {
      const outcome = await attemptShard(job, ports, signal);
      this.#broken.delete(runKeyOf(job));
      return outcome;
    } catch (error) {
      const hopeless = ['model', 'usage'];
      if (error instanceof BrokenRunError) this.#meetBroken(job, error);
      const isHopeless =
        error instanceof DamagedManifestError ||
        (error instanceof EigenfleetError && hopeless.includes(error.code));
      if (isHopeless) {
        throw new UnrecoverableError(error.message);
      }
      throw error;
    }
  }

  /** Logged once per run; its shards then fail without a line each, since nothing can be booked in it. */
  #meetBroken(job: ShardJob, error: BrokenRunError): never {
    const { logger } = this.#options;
    const run = runKeyOf(job);
    if (!this.#broken.has(run)) {
      logger.error({ out: job.out, run: job.runId }, `${error.message} Its shards are skipped.`);
    }
    this.#broken.add(run);
    throw new UnrecoverableError(error.message);
  }

  #listen(): void {
    const { logger } = this.#options;
    this.#worker.on('stalled', (jobId) => logger.warn({ jobId }, 'a shard lost its worker'));
    this.#worker.on('lockRenewalFailed', (jobIds: readonly string[]) => {
      for (const jobId of jobIds) this.#worker.cancelJob(jobId, 'the lock was lost');
    });
    this.#worker.on('failed', (job, error) => {
      const { success, data } = shardJobSchema.safeParse(job?.data);
      if (job === undefined || !success) return;
      if (this.#broken.has(runKeyOf(data))) return;
      const forGood = error instanceof UnrecoverableError || job.attemptsMade >= shardAttempts;
      const { out, runId, shard } = data;
      logger.warn({ out, run: runId, shard, forGood, reason: error.message }, 'shard failed');
      if (forGood) this.#settle(data, error.message);
    });
  }

  #settle(job: ShardJob, reason: string): void {
    const { logger } = this.#options;
    const settling: Promise<void> = this.#book(job, reason)
      // The sweeper finds it in the queue's failed jobs.
      .catch((error: unknown) => logger.warn({ error: messageOf(error) }, 'failure not booked'))
      .finally(() => this.#settling.delete(settling));
    this.#settling.add(settling);
  }

  /** BullMQ fails a job that stalled too often on whatever worker takes it next, also on one that may not write there. */
  async #book(job: ShardJob, reason: string): Promise<void> {
    const { isAllowedOut, onFailedForGood } = this.#options;
    if (await isAllowedOut(job.out)) await onFailedForGood(job, reason);
  }
}

/** It uses no attempt. */
async function delay(job: Job<ShardJob>, token: string | undefined): Promise<void> {
  const fruitless = job.attemptsStarted - 1 - job.attemptsMade;
  await job.moveToDelayed(Date.now() + refusalDelayMs(fruitless), token);
}
