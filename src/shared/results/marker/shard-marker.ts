import { z } from 'zod';
import { runBounds } from '../../run/run-bounds.ts';
import { longestKey } from '../../run/sample.ts';
import {
  type StoredStatistics,
  storedStatisticsSchema,
} from '../../statistics/columns/stored-statistics.ts';
import { packedStatisticsSchema } from '../../statistics/packed/packed-statistics.ts';

/** A file of a shard as it was written. The etag proves cheaply that it is unchanged, the sha256 survives copying. */
export const shardFileSchema = z.object({
  key: z.string().min(1).max(longestKey),
  sizeBytes: z.number().int().nonnegative(),
  etag: z.string(),
  sha256: z.string().length(64),
});
export type ShardFile = z.infer<typeof shardFileSchema>;

const factsSchema = z.object({
  runId: z.string(),
  shard: z
    .number()
    .int()
    .nonnegative()
    .max(runBounds.shards - 1),
  files: z.array(shardFileSchema),
  /** Stage -> milliseconds of work summed over the shard's samples (stages overlap, so their sum exceeds the wall time). */
  timingsMs: z.record(z.string(), z.number()),
  wallMs: z.number(),
  /** The device that really ran the model. */
  device: z.string(),
  host: z.string(),
  versions: z.record(z.string(), z.string()),
  finishedAt: z.string(),
});

/** done/<shard>.json: written last. A shard is done only if the store still has exactly these files: `isShardIntact` in `shard-files.ts`. */
export interface ShardMarker extends Readonly<z.infer<typeof factsSchema>> {
  readonly statistics: StoredStatistics;
}

/** A marker without its columns, which are its last text: in base64, of so many bytes, with this CRC-32. */
export const markerHeadSchema = factsSchema.extend({
  schema: z.literal('done@4'),
  statistics: storedStatisticsSchema.extend({
    bytes: z.number().int().nonnegative(),
    crc32: z.number(),
  }),
});

/** As markers were before, all of it JSON. */
export const earlierMarkerSchema = factsSchema.extend({
  schema: z.literal('done@3'),
  statistics: packedStatisticsSchema,
});
