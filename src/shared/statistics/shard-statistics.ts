import { z } from 'zod';

const count = z.number().int().nonnegative();

/**
 * Values of one measure. `bins`: [bin, count] sorted by bin (see `MeasureScale`). `sum`: of round(value * 65536), exact, each value
 * clamped to the range of its scale first (`scaleRange`), so that the sum of 10 M images stays below 2^53. `min` and `max` are the
 * unclamped values; both 0 when `n` is 0.
 */
export const distributionSchema = z.object({
  n: count,
  sum: z.number().int(),
  min: z.number(),
  max: z.number(),
  bins: z.array(z.tuple([z.number().int(), count])),
});
export type Distribution = z.infer<typeof distributionSchema>;

/**
 * Sum of maps on one frame: `sum` holds, row-major, the sum of round(value * 4095) of maps in [0, 1]; mean = sum / cells / 4095
 * (`meanMapOf`). A frame may reach beyond the image, and what is not there is left out instead of made up: `cells` says how many maps
 * cover each cell; absent when all n cover all. `sum` is empty when `n` is 0.
 */
export const mapSumSchema = z.object({
  n: count,
  height: z.number().int().positive(),
  width: z.number().int().positive(),
  sum: z.array(count),
  cells: z.array(count).optional(),
});
export type MapSum = z.infer<typeof mapSumSchema>;

/** A sample that a ranking, a flag or the even sample keeps. Ties are broken by key. */
export const exemplarSchema = z.object({
  value: z.number(),
  key: z.string(),
  shard: count,
  row: count,
});
export type Exemplar = z.infer<typeof exemplarSchema>;

/** Of the evidence of one class, over the images that have objects of it. Sums of `log2` values are clamped at 1024, as everywhere. */
export const classEvidenceStatisticsSchema = z.object({
  /** Whose grid it was -> images. */
  layers: z.record(z.string(), count),
  share: distributionSchema,
  area: distributionSchema,
  ceiling: distributionSchema,
  lift: distributionSchema,
  attainable: distributionSchema,
  /** `OtherImages`: what its maps would have been worth over the objects of other images. */
  others: z.object({ images: count, sum: count }),
  /** Mean evidence over its boxes, each box enlarged 2 x, resampled to one 16 x 16 frame; of each image over its greatest value. */
  boxMap: mapSumSchema,
});
export type ClassEvidenceStatistics = z.infer<typeof classEvidenceStatisticsSchema>;

export const classStatisticsSchema = z.object({
  objects: count,
  images: count,
  /** Scores of its objects, `unit`. */
  confidence: distributionSchema,
  /** Box area over image area, `unit`. */
  boxArea: distributionSchema,
  /** Mean fused map over its boxes, each box enlarged 2 x, resampled to one 16 x 16 frame; of runs before there was class evidence. */
  boxMap: mapSumSchema,
  /** Absent where there is none. */
  evidence: classEvidenceStatisticsSchema.optional(),
});
export type ClassStatistics = z.infer<typeof classStatisticsSchema>;

/** Mergeable statistics of a shard, or of any number of merged shards: any order of merging produces the same bytes. */
export const shardStatisticsSchema = z.object({
  images: count,
  statuses: z.record(z.string(), count),
  /** Reason (without the file's own name) of what failed, and remark on what was explained (status `success`) -> count and up to 5 keys, the smallest. */
  reasons: z.record(z.string(), z.object({ status: z.string(), count, keys: z.array(z.string()) })),
  objects: count,
  imagesWithObjects: count,
  /** Images with at least one flag; the counts of `flags` overlap. */
  flaggedImages: count,
  /** By class id as a string. For a classifier an "object" is an image whose top class it is, and there is no box map. */
  classes: z.record(z.string(), classStatisticsSchema),
  /** By column name, such as `entropy_fused`. */
  measures: z.record(z.string(), distributionSchema),
  /** `energy_in_boxes_fused` against `box_area`: [area bin 0-19, energy bin 0-19, count]. */
  energyByArea: z.array(z.tuple([count, count, count])),
  flags: z.record(z.string(), z.object({ count, exemplars: z.array(exemplarSchema) })),
  /** Column -> the lowest and the highest, at most 16 each. */
  extremes: z.record(
    z.string(),
    z.object({ lowest: z.array(exemplarSchema), highest: z.array(exemplarSchema) }),
  ),
  /** An even sample of the successful images: the 64 smallest hashes; `value` is the hash. */
  evenSample: z.array(exemplarSchema),
  /** `fused` and each layer: mean over the images in one 32 x 32 frame (0..1 across, 0..1 down). */
  meanMaps: z.record(z.string(), mapSumSchema),
  /** Images by width/height ratio: [round(log2(width/height) * 16), count]; the frame of a mean map is drawn at their median. */
  aspectRatios: z.array(z.tuple([z.number().int(), count])),
});
export type ShardStatistics = z.infer<typeof shardStatisticsSchema>;
