import { z } from 'zod';
import { packedStatisticsSchema } from './packed-statistics.ts';

/** done/<shard>.json: written last. A shard is done only if the store lists exactly these files with these sizes and etags. */
export const shardMarkerSchema = z.object({
  schema: z.literal('done@1'),
  runId: z.string(),
  shard: z.number().int().nonnegative(),
  files: z.array(z.object({ key: z.string(), sizeBytes: z.number(), etag: z.string() })),
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
