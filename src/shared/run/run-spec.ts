import { z } from 'zod';
import { basisDescriptionSchema } from '../basis/basis-description.ts';
import { flagThresholdsSchema } from '../catalog/flag-thresholds.ts';
import { labelSpecSchema } from './labels/label.ts';
import { maxClassId, runBounds } from './run-bounds.ts';
import { inputPreparations, tasks } from './task-traits.ts';

/**
 * Glossary. A *dataset* is images under one root. A *sample* is one image of it. A *shard* is up to `shardSize` samples, named in a
 * *manifest* part. A *run* is one dataset explained by one model under one set of options. *targetLayers* are the layers whose
 * activations become heatmaps. *Components are counted from 1* (the notebooks count from 0).
 */
/** Starts storage keys and is part of Redis keys and job ids. */
export const runIdSchema = z.string().regex(/^\w[\w.-]{0,79}$/, 'not a run id');

const upTo = (most: number) => z.number().int().positive().max(most);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'not a sha256');

export const fusions = ['mean', 'max', 'variance', 'geometric'] as const;
export const signRules = ['l2', 'max-abs', 'none'] as const;
export const resizes = ['exact', 'fast'] as const;
export const channelOrders = ['rgb', 'bgr'] as const;
export const colorMaps = ['heat', 'inferno', 'viridis', 'turbo', 'jet'] as const;

export type Fusion = (typeof fusions)[number];
export type SignRule = (typeof signRules)[number];
export type Resize = (typeof resizes)[number];
export type ColorMap = (typeof colorMaps)[number];

/** Which images get an overlay picture: all, or the flagged ones and/or `sample` images spread evenly over the dataset. */
export const overlayPlanSchema = z.object({
  all: z.boolean(),
  flagged: z.boolean(),
  sample: z.number().int().nonnegative(),
});
export type OverlayPlan = z.infer<typeof overlayPlanSchema>;

/** Every option that changes a result, and nothing else: it goes into the run id. */
export const explainOptionsSchema = z.object({
  /** Modules such as `model.15`, in the order of the graph. */
  targetLayers: z.array(z.string().min(1)).min(1),
  /** Principal components, counted from 1; the first one is fused, measured and drawn. */
  components: z.array(upTo(runBounds.components)).min(1),
  fusion: z.enum(fusions),
  sign: z.enum(signRules),
  /** `exclude` keeps letterbox padding out of the SVD, the normalization and every measure; `include` is the peers' way. */
  padding: z.enum(['exclude', 'include']),
  confThreshold: z.number().min(0).max(1),
  iouThreshold: z.number().min(0).max(1),
  maxDetections: upTo(runBounds.maxDetections),
  /** Every class of an anchor above the threshold is a detection, as in Ultralytics' `val`; absent: its best. */
  allScores: z.boolean().optional(),
  /** What average precision needs, far below `confThreshold`, is stored beside the detections (`candidates/`); absent: not. */
  candidates: z.boolean().optional(),
  /**
   * Whose evidence is computed: names or ids; `found`: the classes that an image's detections have, at most a few; `all`; `none`. Absent in runs planned before
   * there was any: none.
   */
  classes: z.array(z.string().min(1)).min(1).optional(),
  /** Most boxes of an image with a map of their own, the strongest; 0 or absent: none. */
  boxMaps: z.number().int().nonnegative().max(runBounds.boxMaps).optional(),
  /** sha256 of the file of a dataset's basis (`bases/`), whose components are meant; absent: each image's own. */
  basis: sha256.optional(),
  resize: z.enum(resizes),
  /** From bytes to the model's numbers: (byte * scale - mean) / std. Absent: the model's own, mostly byte / 255. */
  scale: z.number().positive().optional(),
  mean: z.array(z.number()).min(1).optional(),
  std: z.array(z.number().positive()).min(1).optional(),
  /** Absent: RGB. */
  channelOrder: z.enum(channelOrders).optional(),
  overlays: overlayPlanSchema,
  /** What they show: `fused`, which is meant where it is absent, or `evidence:` and a class. */
  overlayMap: z.string().min(1).optional(),
  colorMap: z.enum(colorMaps),
  /** Store the maps (`maps/<layer>/*.npy`). */
  maps: z.boolean(),
  /** Of a cell of a stored map. 8: one of 256 levels between the map's least and greatest value; absent or 16: a float. */
  mapBits: z.literal([8, 16]).optional(),
  /** Samples per shard. */
  shardSize: upTo(runBounds.shardSize),
  /** An image with more pixels than this (width x height) becomes a row that says so. */
  maxPixels: z.number().int().positive(),
  flags: flagThresholdsSchema,
});
export type ExplainOptions = z.infer<typeof explainOptionsSchema>;

/** One target layer as the model file has it. Grid sizes are those of the run's input size. */
export const targetLayerSchema = z.object({
  /** `model.15`, or what was made of a tensor's name: part of object keys. */
  name: z.string(),
  /** The name as columns spell it, such as `model_15`; unique whatever the case. */
  column: z.string().regex(/^[a-z0-9]+(?:_[a-z0-9]+)*$/),
  /** The tensor's own name in the file. */
  tensor: z.string(),
  channels: z.number().int().positive(),
  gridHeight: upTo(runBounds.side),
  gridWidth: upTo(runBounds.side),
});
export type TargetLayer = z.infer<typeof targetLayerSchema>;

export const modelSpecSchema = z.object({
  /** Where the file was when the run was planned: a URI without credentials. */
  uri: z.string(),
  sha256,
  sizeBytes: z.number().int().positive(),
  task: z.enum(tasks),
  /** By class id. */
  classNames: z.array(z.string()).max(maxClassId + 1),
  inputHeight: upTo(runBounds.side),
  inputWidth: upTo(runBounds.side),
  /** How images become the input, where it is not the task's way; absent otherwise. */
  preparation: z.enum(inputPreparations).optional(),
  /** Every image is padded only to a multiple of this, so it may take less than the input; absent: to all of it. */
  rectStride: upTo(runBounds.side).optional(),
  /**
   * The graph suppresses boxes itself and leaves out those whose score is not above this, which was settled when it was exported; null: above an unknown one.
   * Absent: it answers with all.
   */
  frozenThreshold: z.number().nullable().optional(),
  /** Of the input; absent: 3. */
  inputChannels: upTo(runBounds.side).optional(),
  description: z.string(),
});
export type ModelSpec = z.infer<typeof modelSpecSchema>;

/** run.json: written once when the run is planned, never changed. */
export const runSpecSchema = z.object({
  schema: z.literal('run@2'),
  runId: runIdSchema,
  plannedAt: z.iso.datetime(),
  model: modelSpecSchema,
  targetLayers: z.array(targetLayerSchema).min(1),
  dataset: z
    .object({
      /** Root of the keys: `file:///...` or `s3://...`. */
      rootUri: z.string(),
      /** As the user said it; for people, and for the title of the report. */
      source: z.string(),
      name: z.string(),
      images: upTo(runBounds.images),
      shards: upTo(runBounds.shards),
      /** Images of each shard, of a run whose shards end by the names of their images (`--new-only`); absent: `shardSize` each, and the last one the rest. */
      shardImages: z.array(upTo(runBounds.shardSize)).min(1).optional(),
      /** Of such a run: images whose `keyMix` is not above this are the sample that gets overlays; absent: they are spread by their place in the dataset. */
      sampleLimit: z.number().int().min(-1).max(0xffffffff).optional(),
      sizeBytes: z.number().int().nonnegative(),
      /** sha256 over the sorted (key, size, etag) lines. */
      digest: z.string(),
    })
    .refine(({ images, shards }) => shards <= images, 'more shards than images')
    .refine(
      ({ images, shards, shardImages: sizes }) =>
        sizes === undefined ||
        (sizes.length === shards && sizes.reduce((sum, one) => sum + one, 0) === images),
      'the images of the shards are not all images',
    ),
  /** The run that `carry/` takes results over from while this one is explained; the run stands on its own when it is done. */
  carried: z.object({ runId: runIdSchema, images: z.number().int().nonnegative() }).optional(),
  /** Absent: the dataset has no labels, or they were not wanted. Not part of the run's id. */
  labels: labelSpecSchema.optional(),
  /** How images are grouped when the run is evaluated: `image`, `folder`, `video` or a pattern. Absent: each for itself. Not part of the run's id. */
  group: z.string().max(500).optional(),
  options: explainOptionsSchema,
  /** What the basis of `options` says of the target layers, in their order. */
  basis: basisDescriptionSchema.optional(),
  versions: z.record(z.string(), z.string()),
  /** The command that repeats this run, for people. */
  command: z.string(),
});
export type RunSpec = z.infer<typeof runSpecSchema>;

/** Where label files are read from while a run is explained; `undefined` where its list of labels says all. */
export function labelPlaceOf({ labels }: Pick<RunSpec, 'labels'>): string | undefined {
  return labels?.kind === 'yolo' ? labels.rootUri : undefined;
}
