import type { Detection, InputMask } from '../shared/run/detection.ts';
import type { LetterboxGeometry } from '../shared/run/letterbox-geometry.ts';
import { boxCoverage } from './box-coverage.ts';
import type { ContentCells } from './content-cells.ts';
import { maskCoverage, uniteMasks } from './mask-coverage.ts';
import { rotatedCoverage } from './rotated-coverage.ts';

/** Share of each cell's content that the objects of an image cover together, in [0, 1]; 0 in padding. Row-major. */
export type ObjectCoverage = (cells: ContentCells) => Float32Array;

/** What of an object counts here. */
export type CoveringObject = Pick<Detection, 'box' | 'rotated'> & {
  readonly mask?: { readonly input?: InputMask };
};

/**
 * How the objects of an image cover any grid over it: by their masks where they have them as the model answered, else by their rotated
 * boxes, else by their boxes. All objects of a model have the same form. `undefined` without objects.
 *
 * @param within the grid, or the part of one, that will be asked for, where it is one alone: less of the masks is put together then
 */
export function objectCoverage(
  detections: readonly CoveringObject[],
  geometry: LetterboxGeometry,
  within?: ContentCells,
): ObjectCoverage | undefined {
  if (detections.length === 0) return undefined;
  const masks = detections.flatMap(({ mask }) => mask?.input ?? []);
  if (masks.length === detections.length) {
    const union = uniteMasks(masks, geometry, within);
    return (cells) => maskCoverage(union, cells);
  }
  const rotated = detections.flatMap((one) => one.rotated ?? []);
  if (rotated.length === detections.length) return (cells) => rotatedCoverage(rotated, cells);
  const boxes = detections.map(({ box }) => box);
  return (cells) => boxCoverage(boxes, cells);
}
