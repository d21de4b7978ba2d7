/** Box in original-image pixels: left, top, right, bottom; clipped to the image. */
export type Xyxy = readonly [number, number, number, number];

/** One object found by the model. `score` in (0, 1]. */
export interface Detection {
  readonly box: Xyxy;
  readonly score: number;
  readonly classId: number;
}

/** One class of a classifier's answer, best first. `score` is the probability, in [0, 1]. */
export interface ClassScore {
  readonly classId: number;
  readonly score: number;
}
