/**
 * What average precision is taken over: boxes far below the run's own threshold, several classes of an anchor among them, as Ultralytics' `val` keeps them.
 * They enter no count, no measure and no picture.
 */
export const candidateRules = {
  /** A score must be above it; `val` takes 0.01 for rotated boxes. */
  confThreshold: 0.001,
  rotatedConfThreshold: 0.01,
  iouThreshold: 0.7,
  /** Most of an image, over all classes; raised to the number of its labels. */
  maxDetections: 300,
  /** More candidates than this enter suppression by score. */
  mostBeforeSuppression: 30_000,
} as const;

/** The candidates of one image, best first; flat arrays over `count` of them. Lengths in pixels of the model's input, not clipped. */
export interface SampleCandidates {
  readonly count: number;
  /** Left out because an image keeps at most `maxDetections`. */
  readonly cut: number;
  /** [count] */
  readonly classIds: Int32Array;
  /** [count], in (0, 1]. */
  readonly scores: Float32Array;
  /** [count, 4]: left, top, right, bottom; of a rotated object the upright box around it. */
  readonly boxes: Float32Array;
  /** [count, 5]: center x, center y, width, height, angle in radians, clockwise on the screen; of an OBB model. */
  readonly rotated?: Float32Array;
  /** [count, keypoints, 3]: x, y, visibility; of a pose model. */
  readonly keypoints?: Float32Array;
  /** Of a segment model: at the size of its prototypes. */
  readonly masks?: CandidateMasks;
}

/** One mask for each candidate, cropped to its box, as COCO's compressed run lengths. */
export interface CandidateMasks {
  /** Height and width of the prototypes, over the whole input of the model. */
  readonly size: readonly [number, number];
  readonly counts: readonly string[];
}
