import { z } from 'zod';

const count = z.number().int().nonnegative();

/** What can drift: the images as they come, what is found in them, how surely, where the model looks, and what people labeled. */
export const driftFamilies = ['inputs', 'counts', 'confidence', 'heat', 'labels'] as const;
export type DriftFamily = (typeof driftFamilies)[number];

const quantilesSchema = z.tuple([z.number(), z.number(), z.number()]);

/**
 * One test. `shared`: pairs of the images that both runs hold; `new`: the images that only the current run holds against all of the baseline. Units are distinct images, or
 * the means of groups.
 */
export const driftTestSchema = z.object({
  of: z.enum(['shared', 'new']),
  test: z.enum([
    'kolmogorov-smirnov',
    'two-part',
    'signed-rank',
    'paired-two-part',
    'welch',
    'paired-t',
  ]),
  /** Units of the baseline and of the current run; equal for pairs. */
  units: z.tuple([count, count]),
  p: z.number(),
  /** By Benjamini and Hochberg over all tests of the comparison; at most `falseDiscoveryRate` is drift. */
  adjusted: z.number(),
  /**
   * Size and direction in [-1, 1], positive where the current run has more: Cliff's delta, of pairs the rank-biserial correlation, of means of groups the difference
   * over the greatest one could be (r of the t test).
   */
  effect: z.number(),
  /** 5 %, 50 % and 95 % of the units of the baseline, and of the current run. */
  quantiles: z.tuple([quantilesSchema, quantilesSchema]),
  /** Of two-part tests: whether the share of zeros decides, or the rest. */
  by: z.enum(['zeros', 'positives']).optional(),
  zeros: z.tuple([z.number(), z.number()]).optional(),
  /** Population stability index with what chance alone exceeds in 5 of 100: a size, never the test. Only of new images. */
  psi: z.object({ value: z.number(), limit: z.number() }).optional(),
});
export type DriftTest = z.infer<typeof driftTestSchema>;

/** An image of the current run that is far out in the direction of the drift. */
export const driftExampleSchema = z.object({
  key: z.string(),
  shard: count,
  row: count,
  value: z.number(),
  /** Of the same image in the baseline; absent for a new one. */
  before: z.number().optional(),
});
export type DriftExample = z.infer<typeof driftExampleSchema>;

export const driftMeasureSchema = z.object({
  /** A column of the rows, `image_area`, `image_aspect`, or `class_share.Platelets`. */
  measure: z.string(),
  family: z.enum(driftFamilies),
  words: z.string(),
  tests: z.array(driftTestSchema),
  drifted: z.boolean(),
  /** Where it drifted: in plain words, as "images are darker: brightness 0.61 -> 0.42". */
  sentence: z.string().optional(),
  /** Where it drifted: the farthest first. */
  examples: z.array(driftExampleSchema),
});
export type DriftMeasure = z.infer<typeof driftMeasureSchema>;

export const driftVerdicts = ['drift', 'no drift', 'could not tell'] as const;
export type DriftVerdict = (typeof driftVerdicts)[number];

const runImagesSchema = z.object({
  /** Explained images, repeated contents included. */
  images: count,
  /** Distinct contents. */
  distinct: count,
  /** Of these, compared: all up to a cap, beyond it those of the smallest hashes. */
  compared: count,
  /** Failed images, which have no measures and are compared with nothing. */
  failed: count,
});

/** How the images of a current run differ from those of a baseline. */
export const driftSchema = z.object({
  schema: z.literal('drift@1'),
  baseline: runImagesSchema,
  current: runImagesSchema,
  /** Distinct images of the current run that the baseline holds too, and that it does not. */
  shared: count,
  new: count,
  /** By what equal contents are known: size and pixels' figures, or etags where a run is too old to have those. */
  identity: z.enum(['pixels', 'etag']),
  unit: z.enum(['image', 'group']),
  /** Where groups are the unit: how many each has. */
  groups: z.tuple([count, count]).optional(),
  falseDiscoveryRate: z.number(),
  tests: count,
  families: z.array(
    z.object({
      family: z.enum(driftFamilies),
      verdict: z.enum(driftVerdicts),
      measures: count,
      drifted: count,
    }),
  ),
  verdict: z.enum(driftVerdicts),
  /** One a drifted measure, the strongest of each family first; of the verdict where nothing drifted. */
  sentences: z.array(z.string()),
  /** What the result does not cover. */
  notes: z.array(z.string()),
  /** All that were tested, in the order of families, then by p. */
  measures: z.array(driftMeasureSchema),
  /** Measures with nothing to test, as no image changed them; absent in older files. */
  unchanged: z.array(z.string()).optional(),
});
export type Drift = z.infer<typeof driftSchema>;
