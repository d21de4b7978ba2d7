import { z } from 'zod';
import { runBounds } from '../run/run-bounds.ts';
import { longestKey } from '../run/sample.ts';
import { packedStatisticsSchema } from '../statistics/packed-statistics.ts';

/** A file of a shard as it was written. The etag proves cheaply that it is unchanged, the sha256 survives copying. */
export const shardFileSchema = z.object({
  key: z.string().min(1).max(longestKey),
  sizeBytes: z.number().int().nonnegative(),
  etag: z.string(),
  sha256: z.string().length(64),
});
export type ShardFile = z.infer<typeof shardFileSchema>;

/** done/<shard>.json: written last. A shard is done only if the store still has exactly these files: `isShardIntact` in `shard-files.ts`. */
export const shardMarkerSchema = z.object({
  schema: z.literal('done@3'),
  runId: z.string(),
  shard: z
    .number()
    .int()
    .nonnegative()
    .max(runBounds.shards - 1),
  files: z.array(shardFileSchema),
  /** `ShardStatistics` with its long lists of integers packed: a marker parses four times as fast. */
  statistics: packedStatisticsSchema,
  /** Stage -> milliseconds of work summed over the shard's samples (stages overlap, so their sum exceeds the wall time). */
  timingsMs: z.record(z.string(), z.number()),
  wallMs: z.number(),
  /** The device that really ran the model. */
  device: z.string(),
  host: z.string(),
  versions: z.record(z.string(), z.string()),
  finishedAt: z.string(),
});
export type ShardMarker = z.infer<typeof shardMarkerSchema>;
