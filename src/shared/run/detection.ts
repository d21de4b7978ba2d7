/** Box in original-image pixels: left, top, right, bottom; clipped to the image. */
export type Xyxy = readonly [number, number, number, number];

/** One object found by the model. `score` in (0, 1]. */
export interface Detection {
  /** Of a rotated object: the upright box around it. */
  readonly box: Xyxy;
  readonly score: number;
  readonly classId: number;
  /** Of a segment model. */
  readonly mask?: ObjectMask;
  /** Of a pose model, in its order. */
  readonly keypoints?: readonly Keypoint[];
  /** Of an OBB model. */
  readonly rotated?: RotatedBox;
}

/** The pixels of one object, in three forms of the same. */
export interface ObjectMask {
  /** Outlines in original-image pixels, x, y, x, y, ...; the largest first; none when the mask is empty. */
  readonly polygons: readonly (readonly number[])[];
  /** At the original image's size. */
  readonly rle: CocoRle;
  /** As the model answered it, where an image is interpreted and measured; absent in results. */
  readonly input?: InputMask;
}

/** COCO's compressed run lengths: column-major runs, zeros first, in the string of pycocotools. */
export interface CocoRle {
  /** Height, width. */
  readonly size: readonly [number, number];
  readonly counts: string;
}

/** A mask on the pixels of the model's input, cropped to where it can be set. */
export interface InputMask {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** [height, width]: 1 inside, 0 outside. */
  readonly bits: Uint8Array;
}

/** A point in original-image pixels. `visibility` in [0, 1], 1 where the model has none. */
export interface Keypoint {
  readonly x: number;
  readonly y: number;
  readonly visibility: number;
}

/** A box turned about its center, in original-image pixels; `angle` in radians, clockwise on the screen, as Ultralytics' `xywhr`. */
export interface RotatedBox {
  readonly centerX: number;
  readonly centerY: number;
  readonly width: number;
  readonly height: number;
  readonly angle: number;
}

/** One class of a classifier's answer, best first. `score` is the probability, in [0, 1]. */
export interface ClassScore {
  readonly classId: number;
  readonly score: number;
}
