import { z } from 'zod';
import { sampleSchema } from '../sample.ts';

const numbers = z.array(z.number());

/** One label before the size of its image is known: coordinates are shares of width and height, `classId` counts as the labels do. */
export const normalizedLabelSchema = z.strictObject({
  classId: z.number().int().nonnegative(),
  /** Left, top, right, bottom; may reach beyond the image. */
  box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  polygons: z.array(numbers).optional(),
  rle: z.strictObject({ size: z.tuple([z.number(), z.number()]), counts: z.string() }).optional(),
  /** x, y, visibility of each. */
  keypoints: numbers.optional(),
  crowd: z.literal(true).optional(),
});
export type NormalizedLabel = z.infer<typeof normalizedLabelSchema>;

/** One line of `labels/<shard>.jsonl`, for the image in the same line of the manifest: its label file, its labels themselves, or nothing. */
export const labelEntrySchema = z.strictObject({
  /** Relative to the root of the labels. */
  file: sampleSchema.optional(),
  /** Width, height that the labels are for, where they say so. */
  size: z.tuple([z.number().positive(), z.number().positive()]).optional(),
  labels: z.array(normalizedLabelSchema).optional(),
  remarks: z.array(z.strictObject({ what: z.string(), where: z.string() })).optional(),
});
export type LabelEntry = z.infer<typeof labelEntrySchema>;

/** How labels are written: a text file for each image, a folder for each class, or one JSON file for all. */
export const labelKinds = ['yolo', 'folders', 'coco'] as const;
export type LabelKind = (typeof labelKinds)[number];

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'not a sha256');

/** Where a run's labels come from, as they were when it was planned. Not part of the run's id. */
export const labelSpecSchema = z.object({
  kind: z.enum(labelKinds),
  /** Root of the files' keys: `file:///...` or `s3://...`; of COCO the JSON file. */
  rootUri: z.string(),
  /** They were named by somebody (`--labels`), and not found by themselves: a worker that may not read them leaves the run to others. */
  asked: z.literal(true).optional(),
  /** Images with a file, a class or an entry; the others are background. */
  images: z.number().int().nonnegative(),
  /** sha256 over the lines of `labels/`. */
  digest: sha256,
  /** By the labels' class id: its name, and the model's class of that name. Absent: ids are the model's. */
  classes: z
    .array(z.object({ name: z.string(), classId: z.number().int().nonnegative().nullable() }))
    .optional(),
  /** Keypoints of a label, and numbers for each. */
  keypointShape: z.tuple([z.number().int().positive(), z.number().int().positive()]).optional(),
  /** Of each keypoint: `kpt_oks_sigmas` of their data.yaml, else what their shape says (`sigmasOfShape`). Absent where the number of points tells, and where nothing is measured by keypoints. */
  keypointSigmas: z.array(z.number().positive()).optional(),
});
export type LabelSpec = z.infer<typeof labelSpecSchema>;
