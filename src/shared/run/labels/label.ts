import { z } from 'zod';
import type { CocoRle, Keypoint, RotatedBox, Xyxy } from '../detection.ts';
import { sampleSchema } from '../sample.ts';

/** One labeled object in original-image pixels. For a classifier the whole image is the one object. */
export interface LabeledObject {
  /** By the model's class names. */
  readonly classId: number;
  /** Clipped to the image. */
  readonly box: Xyxy;
  /** Outlines, x, y, x, y, ..., where the label has them. */
  readonly polygons?: readonly (readonly number[])[];
  /** The mask at the size that its file states, where the label has it. */
  readonly rle?: CocoRle;
  /** Visibility 0: not labeled, 1: hidden, 2: visible. */
  readonly keypoints?: readonly Keypoint[];
  /** For a model that finds rotated boxes. */
  readonly rotated?: RotatedBox;
  /** COCO's `iscrowd`: a region with many objects, which is in no measure and no count. */
  readonly crowd?: true;
}

/** `labeled`: it has objects; `background`: it has none, by an empty file or by none; `unusable`: nobody knows, its file is bad. */
export const labelStatuses = ['labeled', 'background', 'unusable'] as const;
export type LabelStatus = (typeof labelStatuses)[number];

/** What is wrong with a label file. */
export interface LabelRemark {
  /** The same for all files with this fault, so that they are counted. */
  readonly what: string;
  /** File and line: `labels/a.txt:3`. */
  readonly where: string;
}

/** The labels of one image. */
export interface SampleLabels {
  readonly status: LabelStatus;
  readonly objects: readonly LabeledObject[];
  readonly remarks: readonly LabelRemark[];
  /** sha256 of what the labels were read from; absent where there is none. */
  readonly digest?: string;
}

/** Labeled objects that count: crowds do not. */
export function countedObjects({ objects }: Pick<SampleLabels, 'objects'>): LabeledObject[] {
  return objects.filter(({ crowd }) => crowd !== true);
}

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
});
export type LabelSpec = z.infer<typeof labelSpecSchema>;
