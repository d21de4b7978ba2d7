import { z } from 'zod';
import { type RunAddress, runKeyOf, type ShardAddress } from '../run/places/run-address.ts';
import { runBounds } from '../run/run-bounds.ts';
import { runIdSchema } from '../run/run-spec.ts';

/**
 * Everything the fleet keeps in Redis lies under one prefix whose braces are a hash tag: a Redis Cluster puts it all on one node, which BullMQ's
 * scripts need.
 */
export const queuePrefix = '{eigenfleet}';

export const queueNames = { shards: 'shards', summaries: 'summaries' } as const;
export type QueueName = keyof typeof queueNames;

/** Priorities: 1 goes first. Bulk runs must not starve an audit, whatever came first. */
export const jobPriorities = { audit: 1, normal: 10, bulk: 100 } as const;
export type JobPriority = keyof typeof jobPriorities;

/** Characters of the URI of results: a path has up to 4,096 bytes, of which some are percent-encoded. */
export const longestOut = 8_192;

/** A job names a shard and where its run lies; no key, credential or result ever travels through Redis. Usually under 500 bytes. */
export const shardJobSchema = z.strictObject({
  v: z.literal(1),
  /** URI of the results, without credentials. */
  out: z.string().min(1).max(longestOut),
  runId: runIdSchema,
  shard: z
    .number()
    .int()
    .nonnegative()
    .max(runBounds.shards - 1),
});
export type ShardJob = z.infer<typeof shardJobSchema>;

export const summaryJobSchema = shardJobSchema.omit({ shard: true });
export type SummaryJob = z.infer<typeof summaryJobSchema>;

/** Derived ids, of place, run and shard, make every enqueue repeatable: BullMQ ignores an id that is there. */
export function shardJobId({ shard, ...run }: ShardAddress): string {
  return `${runKeyOf(run)}-s${shard}`;
}

export function summaryJobId(run: RunAddress): string {
  return `${runKeyOf(run)}-summary`;
}
