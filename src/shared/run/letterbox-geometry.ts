/**
 * How an image was laid into the model's input. All values in pixels; `left`/`top` are the padding before the content
 * (negative for a classify crop, where the input shows only the middle of the resized image).
 *
 * Letterbox (detect): original (width x height, EXIF applied) -> resized to newWidth x newHeight -> placed at (left, top)
 * in inputWidth x inputHeight, the rest 114 gray. Content rectangle in input pixels: [left, left + newWidth) x [top, top + newHeight),
 * clipped to the input.
 */
export interface LetterboxGeometry {
  readonly width: number;
  readonly height: number;
  readonly newWidth: number;
  readonly newHeight: number;
  readonly left: number;
  readonly top: number;
  readonly inputWidth: number;
  readonly inputHeight: number;
}

interface Grid {
  readonly gridHeight: number;
  readonly gridWidth: number;
}

/** Pixels of a run's input, which the grids of its layers are for, or of one image's. */
export interface InputSize {
  readonly inputHeight: number;
  readonly inputWidth: number;
}

/** A layer with its grid for one image: smaller where a model of dynamic size took the image with less padding. */
export function layerForImage<Layer extends Grid>(
  layer: Layer,
  { inputHeight, inputWidth }: InputSize,
  image: InputSize,
): Layer {
  if (image.inputHeight === inputHeight && image.inputWidth === inputWidth) return layer;
  const gridHeight = (layer.gridHeight * image.inputHeight) / inputHeight;
  const gridWidth = (layer.gridWidth * image.inputWidth) / inputWidth;
  return { ...layer, gridHeight, gridWidth };
}
