import { z } from 'zod';
import { storedFlagSchema } from '../../shared/catalog/stored-flag.ts';
import { tasks } from '../../shared/run/task-traits.ts';
import { exemplarSchema } from '../../shared/statistics/shard-statistics.ts';

const count = z.number().int().nonnegative();

export const quantilesSchema = z.object({
  p5: z.number(),
  p25: z.number(),
  p50: z.number(),
  p75: z.number(),
  p95: z.number(),
});
export type Quantiles = z.infer<typeof quantilesSchema>;

/** `edges` has one more entry than `counts`, in the measure's own unit, rising. */
export const histogramSchema = z.object({ edges: z.array(z.number()), counts: z.array(count) });
export type Histogram = z.infer<typeof histogramSchema>;

export const distributionSummarySchema = z.object({
  n: count,
  mean: z.number(),
  min: z.number(),
  max: z.number(),
  quantiles: quantilesSchema,
});
export type DistributionSummary = z.infer<typeof distributionSummarySchema>;

export const measureSummarySchema = distributionSummarySchema.extend({
  scale: z.enum(['unit', 'signed', 'log2', 'count']),
  words: z.string(),
  meaning: z.string(),
  histogram: histogramSchema,
});
export type MeasureSummary = z.infer<typeof measureSummarySchema>;

/** Mean of maps in [0, 1], row-major, in thousandths. */
export const meanMapSchema = z.object({
  n: count,
  height: z.number().int().positive(),
  width: z.number().int().positive(),
  /** `null` where no map covers the cell. */
  thousandths: z.array(z.number().int().nullable()),
});
export type MeanMap = z.infer<typeof meanMapSchema>;

/** Of the evidence of a class, over the images that have objects of it: what `EvidenceInObjects` means. */
export const classEvidenceSummarySchema = z.object({
  /** The grid of most images. */
  layer: z.string(),
  share: distributionSummarySchema,
  /** Share of the image that its objects cover. */
  area: distributionSummarySchema,
  ceiling: distributionSummarySchema,
  lift: distributionSummarySchema,
  attainable: distributionSummarySchema.optional(),
  /** Mean lift of each image's evidence over the objects of other images of its shard: what a map that is the same for every image would have, too. */
  otherImagesLift: z.number().optional(),
  /** Mean evidence around its boxes, each box enlarged 2 x; of each image over its greatest value. */
  boxMap: meanMapSchema.optional(),
});
export type ClassEvidenceSummary = z.infer<typeof classEvidenceSummarySchema>;

export const classSummarySchema = z.object({
  classId: count,
  name: z.string(),
  /** For a classifier: images whose top class it is. */
  objects: count,
  images: count,
  confidence: distributionSummarySchema.optional(),
  /** Box area over image area. */
  boxArea: distributionSummarySchema.optional(),
  /** Mean fused map over its boxes, each box enlarged 2 x, of runs before there was class evidence. The average place, not an object. */
  boxMap: meanMapSchema.optional(),
  evidence: classEvidenceSummarySchema.optional(),
});
export type ClassSummary = z.infer<typeof classSummarySchema>;

export const flagSummarySchema = z.object({
  flag: storedFlagSchema,
  count,
  rule: z.string(),
  meaning: z.string(),
  exemplars: z.array(exemplarSchema),
});
export type FlagSummary = z.infer<typeof flagSummarySchema>;

export const reasonSummarySchema = z.object({
  reason: z.string(),
  status: z.string(),
  count,
  keys: z.array(z.string()),
});
export type ReasonSummary = z.infer<typeof reasonSummarySchema>;

/** Stored rows that cannot be read. `first`: the first of them, a whole shard without `row`. */
export const unreadableSummarySchema = z.object({
  rows: count,
  shards: count,
  first: z.array(
    z.object({
      shard: count,
      row: count.optional(),
      key: z.string().optional(),
      reason: z.string(),
    }),
  ),
});
export type UnreadableSummary = z.infer<typeof unreadableSummarySchema>;

export const unusualMeasureSchema = z.object({
  /** Column. */
  measure: z.string(),
  value: z.number(),
  /** Median of the dataset. */
  usual: z.number(),
  /** Robust standard deviations from it. */
  z: z.number(),
});

/** What images were compared by, and which are outliers. */
export const outlierSummarySchema = z.object({
  /** Robust standard deviations from which on a value is unusual. */
  limit: z.number(),
  /** Usual is the median; unusual, and counted in `images`, what is below `low` or above `high`. */
  measures: z.array(
    z.object({
      measure: z.string(),
      usual: z.number(),
      low: z.number(),
      high: z.number(),
      images: count,
    }),
  ),
  /** The most unusual first. */
  images: z.array(
    z.object({
      key: z.string(),
      shard: count,
      row: count,
      unusual: z.array(unusualMeasureSchema),
    }),
  ),
});
export type OutlierSummary = z.infer<typeof outlierSummarySchema>;

/** One sentence of the first screen and the place in the report that proves it. */
export const headlineSchema = z.object({
  text: z.string(),
  /** What to do now, one sentence; absent in earlier runs. */
  next: z.string().optional(),
  proof: z.string(),
  tone: z.enum(['fine', 'note', 'look', 'problem']),
});
export type Headline = z.infer<typeof headlineSchema>;

export const timingSummarySchema = z.object({
  /** When the run was planned, ISO 8601 in UTC. */
  plannedAt: z.string(),
  /** Work of each stage, summed over the images; stages overlap, so this is more than the wall time. */
  stagesMs: z.record(z.string(), z.number()),
  /** Wall time of the shards, summed: with one worker the time the run took. */
  wallMs: z.number(),
  imagesPerSecond: z.number(),
  /** The device that really ran the model -> images. */
  devices: z.record(z.string(), count),
  headline: z.string().optional(),
});
export type TimingSummary = z.infer<typeof timingSummarySchema>;

/** summary.json. Everything but `timings` depends on nothing but the run and its results. */
export const summarySchema = z.object({
  schema: z.literal('summary@2'),
  runId: z.string(),
  title: headlineSchema,
  headlines: z.array(headlineSchema),
  dataset: z.object({ name: z.string(), source: z.string(), images: count, digest: z.string() }),
  model: z.object({
    name: z.string(),
    sha256: z.string(),
    task: z.enum(tasks),
    inputHeight: count,
    inputWidth: count,
  }),
  counts: z.object({
    images: count,
    explained: count,
    failed: count,
    flagged: count,
    /** Absent, as the next one, where the model's answer is not read. */
    objects: count.optional(),
    imagesWithObjects: count.optional(),
    /** Images in which heat inside the boxes was measured, and those of them with more than an even spread (lift above 1.01). */
    heatMeasured: count,
    heatOnObjects: count,
    statuses: z.record(z.string(), count),
  }),
  failures: z.array(reasonSummarySchema),
  /** Remarks on explained images, such as an overlay that cannot be drawn; absent when there are none. */
  remarks: z.array(reasonSummarySchema).optional(),
  /** Shards whose results are missing from these numbers. */
  failedShards: z.array(count),
  /** Why each of them failed; absent when none did. */
  shardFailures: z.array(z.object({ shard: count, reason: z.string() })).optional(),
  /** Images that crashed the process and were set aside; absent when none did. */
  setAside: count.optional(),
  /** What is wrong with the run's list of images; absent while it is the one that was planned. */
  manifestFault: z.string().optional(),
  /** Unreadable stored rows; absent when there are none. The counts include them, `images/`, `failures.jsonl` and the gallery do not. */
  unreadable: unreadableSummarySchema.optional(),
  flags: z.array(flagSummarySchema),
  /** Absent where too few images were measured to compare them. */
  outliers: outlierSummarySchema.optional(),
  classes: z.array(classSummarySchema),
  /** By column, such as `entropy_fused`. A measure that was never taken is absent. */
  measures: z.record(z.string(), measureSummarySchema),
  /** Heat inside boxes against their area: [area bin 0-19, heat bin 0-19, images]. */
  heatByArea: z.array(z.tuple([count, count, count])),
  /** `fused` and each layer, over the whole image, in a square frame. */
  meanMaps: z.record(z.string(), meanMapSchema),
  /** Width over height of the median image: the frame that mean maps are drawn in. */
  aspectRatio: z.number(),
  /** The images with the lowest and the highest value of each measure. */
  extremes: z.record(
    z.string(),
    z.object({ lowest: z.array(exemplarSchema), highest: z.array(exemplarSchema) }),
  ),
  timings: timingSummarySchema,
});
export type Summary = z.infer<typeof summarySchema>;
