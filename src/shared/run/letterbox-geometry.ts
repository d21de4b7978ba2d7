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
