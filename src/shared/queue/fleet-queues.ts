import type { Cluster, Redis } from 'ioredis';
import type { ShardAddress } from '../run/places/run-address.ts';
import type { QueueState } from '../telemetry/metric-catalog.ts';
import { type JobsOptions, Queue } from './bullmq.ts';
import {
  type JobPriority,
  jobPriorities,
  type QueueName,
  queueNames,
  queuePrefix,
  type ShardJob,
  type SummaryJob,
  shardJobId,
  summaryJobId,
} from './shard-job.ts';

const day = 86_400;

/** Attempts at a shard whose results cannot be written or whose device fails; a bad image never causes a retry. */
export const shardAttempts = 5;

/**
 * Finished jobs are kept so that their ids stay taken: a producer that repeats itself must not run a shard again. `count` is above the shards of the
 * largest run; about 1.1 kB each.
 */
const keepOptions = {
  removeOnComplete: { age: day, count: 200_000 },
  removeOnFail: { age: 14 * day, count: 200_000 },
} as const;

const shardOptions: JobsOptions = {
  attempts: shardAttempts,
  backoff: { type: 'exponential', delay: 5_000, jitter: 0.5 },
  stackTraceLimit: 5,
  keepLogs: 0,
  ...keepOptions,
};

const summaryOptions: JobsOptions = { ...shardOptions, attempts: 10 };

/** What became of a shard's job when it was looked at. */
export type EnsuredJob = 'added' | 'waiting' | 'failed';

export interface AddedShards {
  /** Jobs that were not there before. */
  readonly added: number;
  /** Shards whose jobs failed for good: their ids are taken. */
  readonly failed: readonly number[];
}

export interface QueueCounts {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
}

/** The two queues of a fleet, for adding jobs. The opener closes it; the connection stays the caller's. */
export class FleetQueues {
  readonly shards: Queue<ShardJob>;
  readonly summaries: Queue<SummaryJob>;

  constructor(connection: Redis | Cluster) {
    const shared = { connection, prefix: queuePrefix, streams: { events: { maxLen: 10_000 } } };
    this.shards = new Queue(queueNames.shards, { ...shared, defaultJobOptions: shardOptions });
    this.summaries = new Queue(queueNames.summaries, {
      ...shared,
      defaultJobOptions: summaryOptions,
    });
    // The failing call throws; an unhandled error event would end the process.
    for (const queue of [this.shards, this.summaries]) queue.on('error', () => {});
  }

  /** Adds jobs that are not there yet. May be repeated after a failure, whole: ids are derived from place, run and shard. */
  async addShards(jobs: readonly ShardJob[], priority: JobPriority): Promise<void> {
    await this.shards.addBulk(
      jobs.map((data) => ({
        name: 'shard',
        data,
        opts: { jobId: shardJobId(data), priority: jobPriorities[priority] },
      })),
    );
  }

  /** Like `addShards`, and returns the outcome. Two callers that add the same job at once may both count it. */
  async addMissingShards(jobs: readonly ShardJob[], priority: JobPriority): Promise<AddedShards> {
    const states = await Promise.all(jobs.map((job) => this.shards.getJobState(shardJobId(job))));
    const missing = jobs.filter((_, index) => states[index] === 'unknown');
    if (missing.length > 0) await this.addShards(missing, priority);
    const failed = jobs.filter((_, index) => states[index] === 'failed');
    return { added: missing.length, failed: failed.map(({ shard }) => shard) };
  }

  /**
   * Ensures that a shard without results has a job: adds one that Redis lost, and one whose job says completed while its results are
   * gone. Leaves a job that failed for good, unless `retryFailed`.
   */
  async ensureShard(
    job: ShardJob,
    priority: JobPriority,
    retryFailed = false,
  ): Promise<EnsuredJob> {
    const id = shardJobId(job);
    const state = await this.shards.getJobState(id);
    if (state === 'failed' && !retryFailed) return 'failed';
    if (state !== 'unknown' && state !== 'completed' && state !== 'failed') return 'waiting';
    if (state !== 'unknown') await this.shards.remove(id);
    await this.addShards([job], priority);
    return 'added';
  }

  /**
   * Requests the summary of a run whose shards are settled. A pending request is not repeated; a summary that was made, or failed, before is requested
   * again: its results may have been deleted since, and the coordinator first checks that the run is still open.
   */
  async addSummary(job: SummaryJob): Promise<void> {
    const jobId = summaryJobId(job);
    const state = await this.summaries.getJobState(jobId);
    if (state === 'completed' || state === 'failed') await this.summaries.remove(jobId);
    await this.summaries.add('summary', job, { jobId });
  }

  /** The reason a shard's job failed for good; `undefined` when it did not. */
  async failureOf(shard: ShardAddress): Promise<string | undefined> {
    const job = await this.shards.getJob(shardJobId(shard));
    if (job === undefined || !(await job.isFailed())) return undefined;
    return job.failedReason || 'no reason was given';
  }

  /** The queues that somebody paused: nobody gets their jobs until they are resumed. */
  async paused(): Promise<QueueName[]> {
    const [shards, summaries] = await Promise.all([
      this.shards.isPaused(),
      this.summaries.isPaused(),
    ]);
    return [...(shards ? ['shards' as const] : []), ...(summaries ? ['summaries' as const] : [])];
  }

  async counts(): Promise<QueueCounts> {
    const { waiting, prioritized, active, delayed, failed } = await depthOf(this.shards);
    return { waiting: waiting + prioritized, active, delayed, failed };
  }

  /** Jobs of both queues by state, waiting ones with a priority apart. */
  async depth(): Promise<Record<keyof typeof queueNames, Record<QueueState, number>>> {
    const [shards, summaries] = await Promise.all([depthOf(this.shards), depthOf(this.summaries)]);
    return { shards, summaries };
  }

  async close(): Promise<void> {
    await Promise.all([this.shards.close(), this.summaries.close()]);
  }
}

async function depthOf(queue: Pick<Queue, 'getJobCounts'>): Promise<Record<QueueState, number>> {
  const counts = await queue.getJobCounts('wait', 'prioritized', 'active', 'delayed', 'failed');
  const { wait = 0, prioritized = 0, active = 0, delayed = 0, failed = 0 } = counts;
  return { waiting: wait, prioritized, active, delayed, failed };
}
