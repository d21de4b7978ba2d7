import type { CocoRle, Keypoint, RotatedBox, Xyxy } from '../detection.ts';

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
