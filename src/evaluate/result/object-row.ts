import type { Xyxy } from '../../shared/run/detection.ts';

/**
 * `tp`: a detection and the label that it takes, of its class at IoU 0.5 or more; `fp`: a detection without one; `fn`: a label without one; `unjudged`: a
 * detection of an image whose labels nobody knows.
 */
export const outcomes = ['tp', 'fp', 'fn', 'unjudged'] as const;
export type Outcome = (typeof outcomes)[number];

/** Why a false positive is one, and a miss one, by the best other box: nothing there, a wrong class, a poor place, a second box on a label already taken. */
export const causes = ['background', 'class', 'place', 'duplicate'] as const;
export type Cause = (typeof causes)[number];

/** COCO's: by area in pixels of the original image, below 32 x 32, below 96 x 96, and above. */
export const objectSizes = ['small', 'medium', 'large'] as const;
export type ObjectSize = (typeof objectSizes)[number];

/** One row of `objects/part-*.parquet`: a detection with or without its label, or a label without a detection. */
export interface ObjectRow {
  /** Place of its image: shard, row in it, and key. */
  readonly shard: number;
  readonly row: number;
  readonly key: string;
  /** Of `--group`; the key where each image stands for itself. */
  readonly group: string;
  readonly outcome: Outcome;
  readonly cause?: Cause;
  /** Of the detection, else of the label. */
  readonly classId: number;
  /** Of a confusion: what the overlapping label (of a false positive) or detection (of a miss) is. */
  readonly otherClassId?: number;
  readonly size: ObjectSize;
  /** Index in the row's `boxes`, and in its `labels`. */
  readonly detection?: number;
  readonly label?: number;
  readonly score?: number;
  /** With its label; of a false positive or a miss with the best other one, of whatever class. */
  readonly iou?: number;
  /** In original-image pixels: of the detection, else of the label. */
  readonly box: Xyxy;
  readonly labelBox?: Xyxy;
  /** What the maps say of its region; absent where there is none. */
  readonly trust?: ObjectTrust;
}

/**
 * Whether the model looked at an object: its class's evidence (never a component's map) over the region of its label, or of its detection where there is none. What lies
 * in other labeled objects of the class is left out of all of it, so that an object among many is comparable with a single one. Absent numbers could not be taken:
 * the evidence of the class was not stored for the image. Formulas: `region-energy.ts`, `region-ranks.ts`.
 */
export interface ObjectTrust {
  /** Part of the energy (squared evidence) of its class inside, of all that is not in other objects of the class, in [0, 1]. */
  readonly share?: number;
  /** Part of the image that its region covers, without other objects of the class, in (0, 1]. */
  readonly area?: number;
  /** share / area: times an even spread. */
  readonly lift?: number;
  /** (share - area) / (1 - area): 0 an even spread, 1 all inside; at least -1. */
  readonly attainable?: number;
  /** The lift of its region under the mean map of the other images of its shard that have objects of the class: what it would be if all images had the same map. */
  readonly otherImagesLift?: number;
  /** Whether the greatest cell of the evidence of its class that belongs to no other object of the class lies inside: the pointing game. */
  readonly pointed?: boolean;
  /** Part of its region's cells that are among as many of the strongest cells, in [0, 1]: relevance rank accuracy. */
  readonly relevanceRank?: number;
  /** Mean of the fused component map inside over its mean in the image; not of a class. */
  readonly coverage?: number;
}
