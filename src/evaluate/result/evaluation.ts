import { z } from 'zod';
import { figureSchema } from './figure.ts';
import { objectSizes } from './object-row.ts';

const count = z.number().int().nonnegative();

/** The rules that decide an evaluation; with run and labels they make its id. */
export const evaluationRulesSchema = z.object({
  /** Detections of the run's own threshold are matched at this IoU for `tp`, `fp` and `fn`. */
  iouThreshold: z.number(),
  /** `image`, `folder`, `video`, or a regular expression whose first group names the group. */
  group: z.string(),
  /** Rises when figures change their meaning. */
  version: count,
  /** Whose matching and average precision it is. */
  like: z.string(),
  /** How far people disagree about each keypoint, where the labels' data.yaml says it (`kpt_oks_sigmas`, or 17 points without visibility); absent: COCO's, else 1 / keypoints. */
  keypointSigmas: z.array(z.number().positive()).optional(),
});

/** At the run's own threshold and the IoU of the rules. */
export const operatingPointSchema = z.object({
  tp: count,
  fp: count,
  fn: count,
  precision: figureSchema,
  recall: figureSchema,
  f1: figureSchema,
});
export type OperatingPoint = z.infer<typeof operatingPointSchema>;

/** Average precision over the candidates. `form`: by what overlap objects were matched. */
export const averagePrecisionSchema = z.object({
  form: z.enum(['box', 'mask', 'keypoints', 'rotated']),
  ap50: figureSchema,
  /** Mean over IoU 0.5, 0.55, ..., 0.95. */
  ap50To95: figureSchema,
  /** Where the mean F1 over the classes (of a class: its own) is greatest, and what precision and recall are there. */
  best: z
    .object({ threshold: z.number(), f1: z.number(), precision: z.number(), recall: z.number() })
    .optional(),
  /** Means over the classes with labels (of a class: its own) for all candidates from each confidence on; confidences rise, and all lists are as long. */
  curve: z
    .object({
      thresholds: z.array(z.number()),
      precision: z.array(z.number()),
      recall: z.array(z.number()),
      f1: z.array(z.number()),
    })
    .optional(),
});
export type AveragePrecision = z.infer<typeof averagePrecisionSchema>;

/** Over objects of one outcome: means of `ObjectTrust`, with intervals over groups. */
export const trustFiguresSchema = z.object({
  objects: count,
  lift: figureSchema,
  attainable: figureSchema,
  otherImagesLift: figureSchema,
  pointed: figureSchema,
  relevanceRank: figureSchema,
  coverage: figureSchema,
});
export type TrustFigures = z.infer<typeof trustFiguresSchema>;

export const classTrustSchema = z.object({
  tp: trustFiguresSchema,
  fp: trustFiguresSchema,
  fn: trustFiguresSchema,
  /** Labels, found or not: whether the model looks at the class at all. */
  labels: trustFiguresSchema,
  /** Misses with and without a lift above 1 (above the other images' where that is known), of those with evidence. */
  missedLookedAt: count,
  missedNotLookedAt: count,
  /** The share of the former. */
  lookedAtMisses: figureSchema,
});
export type ClassTrust = z.infer<typeof classTrustSchema>;

export const sizeEvaluationSchema = operatingPointSchema.extend({
  size: z.enum(objectSizes),
  labels: count,
  trust: classTrustSchema.optional(),
});
export type SizeEvaluation = z.infer<typeof sizeEvaluationSchema>;

export const classEvaluationSchema = operatingPointSchema.extend({
  classId: count,
  name: z.string(),
  /** Labeled objects, and images that have one. */
  labels: count,
  images: count,
  /** One for each form the task has (box, and mask or keypoints), the box first. */
  precisions: z.array(averagePrecisionSchema),
  sizes: z.array(sizeEvaluationSchema),
  trust: classTrustSchema.optional(),
});
export type ClassEvaluation = z.infer<typeof classEvaluationSchema>;

/** How often a detection of one class lay on a label of another; `null` is the background: a box on nothing, or a label without a box. */
export const confusionSchema = z.object({
  predicted: count.nullable(),
  labeled: count.nullable(),
  count,
});
export type Confusion = z.infer<typeof confusionSchema>;

export const detectionEvaluationSchema = operatingPointSchema.extend({
  /** Detections of images without usable labels, which are judged neither way. */
  unjudged: count,
  precisions: z.array(averagePrecisionSchema),
  /** How candidates were taken; absent where the run kept none: then average precision is above the run's threshold. */
  candidates: z
    .object({
      confThreshold: z.number(),
      iouThreshold: z.number(),
      maxDetections: count,
      cutImages: count,
      exact: z.boolean(),
    })
    .optional(),
  /** What to call it: `mAP`, or `AP above 0.25` where boxes below that score are unknown, which is never set beside val's. */
  apName: z.string(),
  confusions: z.array(confusionSchema),
  sizes: z.array(sizeEvaluationSchema),
  classes: z.array(classEvaluationSchema),
  trust: classTrustSchema.optional(),
  /** Labeled images without any object: with detections, and mean false positives on each. */
  background: z.object({
    images: count,
    lit: count,
    /** `lit` over `images`. */
    litShare: figureSchema,
    falsePositives: figureSchema,
    /** The share whose strongest evidence rises as it does where its class is. */
    evidence: figureSchema.optional(),
  }),
});
export type DetectionEvaluation = z.infer<typeof detectionEvaluationSchema>;

export const classificationEvaluationSchema = z.object({
  top1: figureSchema,
  /** Absent where rows hold fewer than five classes and the model has more. */
  top5: figureSchema.optional(),
  confusions: z.array(confusionSchema),
  classes: z.array(
    operatingPointSchema.extend({ classId: count, name: z.string(), labels: count }),
  ),
});
export type ClassificationEvaluation = z.infer<typeof classificationEvaluationSchema>;

/**
 * Sums and leave-one-out values by block, from which differences between two evaluations get intervals without their rows. A block is a group, or, where there are
 * more than `mostBlocks` of them, the groups whose name's hash falls into it, so that two runs over the same images have the same blocks.
 */
export const evaluationBlocksSchema = z.object({
  hashed: z.boolean(),
  names: z.array(z.string()),
  images: z.array(count),
  /** Figure name (`recall.Platelets`) -> numerator and denominator of each block. */
  ratios: z.record(
    z.string(),
    z.object({ numerators: z.array(z.number()), denominators: z.array(z.number()) }),
  ),
  /** Figure name (`map50`) -> its value without each block. */
  without: z.record(z.string(), z.array(z.number())),
});
export type EvaluationBlocks = z.infer<typeof evaluationBlocksSchema>;

/** `evaluation.json`: what a run is worth against its labels. Holds for this run, these labels and these rules, which make its id. */
export const evaluationSchema = z.object({
  schema: z.literal('evaluation@1'),
  evaluationId: z.string(),
  runId: z.string(),
  rules: evaluationRulesSchema,
  confThreshold: z.number(),
  labels: z.object({
    /** sha256 over the labels of all images. */
    digest: z.string(),
    source: z.string(),
    labeled: count,
    background: count,
    unusable: count,
    /** Images that could not be explained: their labels are in no figure. */
    failed: count,
    objects: count,
    /** Images whose labels are others than those that the run read; absent where there are none. */
    changed: count.optional(),
  }),
  groups: z.object({ by: z.string(), count }),
  /** `objects/part-<n>.parquet`, in order: one that is not as it stands here is of another evaluation. */
  objects: z.object({
    rows: count,
    parts: z.array(z.object({ sizeBytes: count, sha256: z.string().length(64) })),
  }),
  detection: detectionEvaluationSchema.optional(),
  classification: classificationEvaluationSchema.optional(),
  blocks: evaluationBlocksSchema,
  /** Every figure by the name that rules use: `recall.Platelets`, `map50`, `false_positives.RBC`. Made from the rest. */
  figures: z.record(z.string(), figureSchema),
});
export type Evaluation = z.infer<typeof evaluationSchema>;
