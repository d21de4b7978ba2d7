import { mapToImage } from '../../maps/map-to-image.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';

/** Values on a grid of cells over the whole input of the model, its letterbox padding included. */
export interface Heatmap {
  readonly gridHeight: number;
  readonly gridWidth: number;
  /** Row-major, `gridHeight` x `gridWidth`; 0 on padding. */
  readonly values: Float32Array;
}

/** One principal component of a layer's activations in one image. */
export interface ComponentMap extends Heatmap {
  /** Counted from 1, the strongest first. */
  readonly component: number;
  /** Divisor of the signed values, which puts them in [-1, 1]; 0 for a component that the image does not have. */
  readonly scale: number;
  /** Explained variance: share of the layer's activity that the component shows, in [0, 1]; NaN when the image has no such component. */
  readonly explainedVariance: number;
  /** Sign certainty, in [0, 1]; NaN as above. */
  readonly signMargin: number;
  /** Relative error of the component; above 0.01 it has not converged. NaN as above. */
  readonly residual: number;
}

/** The maps of one target layer of one image, one per component, in the order of the run's option `components`. */
export interface LayerMaps {
  /** Such as `model.15`. */
  readonly layer: string;
  /** Why the layer's first map is degenerate, which is without any heat: one phrase; absent otherwise. */
  readonly degenerateReason?: string;
  readonly components: readonly ComponentMap[];
}

export interface PictureSize {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/**
 * Maps a heatmap from the model's input back to the picture, without the letterbox padding: each pixel's center is projected onto the
 * grid and sampled bilinearly there, so nothing shifts by half a cell.
 *
 * @param geometry Of the same image: `geometry` of its explanation or of its row.
 * @param size Size of the result, which shows the whole picture; default: the picture's own.
 * @returns `height` x `width` values, row-major; NaN where a classifier's crop did not show the picture to the model.
 */
export function heatmapOverPicture(
  heatmap: Heatmap,
  geometry: LetterboxGeometry,
  size: PictureSize = geometry,
): Float32Array {
  const { gridHeight, gridWidth, values: map } = heatmap;
  const { width, height } = size;
  return mapToImage({ map, gridHeight, gridWidth, geometry, width, height });
}
