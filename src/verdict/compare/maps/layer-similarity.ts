import type { ValueSpread } from './value-spread.ts';

/** How alike the maps of two runs are on the same images, of the fused map or of one layer. */
export interface LayerSimilarity {
  /** `fused`, or the layer as columns spell it. */
  readonly map: string;
  /**
   * Over the images: |correlation| of the first components over the cells of the picture (of the fused map: the correlation), or, where the first component nearly ties
   * with stored ones, the likeness of their spans.
   */
  readonly similarity: ValueSpread;
  /** Images whose first components correlate below 0: a pattern that swapped its sign. */
  readonly swapped: number;
  /** Images in which a near tie made spans meaningful and not single components. */
  readonly spans: number;
  /** Near ties are unknown: the runs stored one component. */
  readonly tiesUnknown: boolean;
  /** Linear CKA over the images: whether the same images look alike; absent below ten images of one shape. */
  readonly cka?: number;
}

/** A layer's maps of one image in both runs: content cells of each component. */
export interface MapPair {
  readonly from: readonly Float32Array[];
  readonly to: readonly Float32Array[];
  /** Components from the first on that nearly tie in either run. */
  readonly tied: number;
}
