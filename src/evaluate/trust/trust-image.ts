import type { GridMap } from '../../maps/content-cells.ts';
import type { CoveringObject } from '../../maps/object-coverage.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';

/** A box, rotated box or mask that is asked for, by its class's evidence. */
export interface TrustRegion {
  readonly classId: number;
  /** Of the label; of a detection without one its own. As `labelRegions` and `detectionRegions` give them. */
  readonly region: CoveringObject;
  /**
   * It stands for an object: a label. What the model says of one object of a class is not counted against another one. Where nobody knows the labels, the detections
   * are the objects. A false positive is none.
   */
  readonly isObject: boolean;
}

/** A class's map as it is stored, on its own grid over the model's input. */
export type ClassMap = GridMap & { readonly classId: number };

/** One image, from what is stored of it. */
export interface TrustImage {
  readonly geometry: LetterboxGeometry;
  /** Of the classes whose maps were stored; none for an image that was not explained. */
  readonly evidence: readonly ClassMap[];
  /** All layers in one, in [0, 1]: only for `coverage`. */
  readonly fused?: GridMap;
  readonly regions: readonly TrustRegion[];
}
