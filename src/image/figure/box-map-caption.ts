import { type ContentCells, contentCells } from '../../maps/content-cells.ts';
import { objectCoverage } from '../../maps/object-coverage.ts';
import type { Detection } from '../../shared/run/detection.ts';
import type { BoxMap } from '../../shared/run/evidence/box-map.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import { shareText } from './share-text.ts';

/** What is said wherever a box map is drawn. */
export const boxMapCaveat =
  'A box map is where features are like those of the box: similar features, not a cause.';

/** The image that a box map is of. */
export interface BoxMapImage {
  readonly geometry: LetterboxGeometry;
  readonly detections: readonly Detection[];
}

/** "12 % of the heat in it, 60 % in other boxes of RBC"; `undefined` where the image has no such box. `className`: what the box's class is called there. */
export function boxMapShares(
  { geometry, detections }: BoxMapImage,
  boxMap: BoxMap,
  className: string,
): string | undefined {
  const own = detections[boxMap.detection];
  if (own === undefined) return undefined;
  const cells = contentCells(geometry, boxMap);
  const others = detections.filter((other) => other !== own && other.classId === own.classId);
  const inside = objectCoverage([boxOf(own)], geometry)?.(cells);
  const beside = objectCoverage(others.map(boxOf), geometry)?.(cells);
  const itself = `${shareText(shareOf(boxMap.map, cells, inside))} of the heat in it`;
  if (beside === undefined) return itself;
  const free = beside.map((share, cell) => Math.max(0, share - (inside?.[cell] ?? 0)));
  const form = own.rotated === undefined ? 'boxes' : 'rotated boxes';
  return `${itself}, ${shareText(shareOf(boxMap.map, cells, free))} in other ${form} of ${className}`;
}

/** A box map is of the box, whatever else the model tells of the object. */
function boxOf({ box, rotated }: Detection): Pick<Detection, 'box' | 'rotated'> {
  return { box, ...(rotated && { rotated }) };
}

/** Share of a map's heat within what is covered. */
function shareOf(map: Float32Array, { areas }: ContentCells, coverage?: Float32Array): number {
  let [inside, total] = [0, 0];
  map.forEach((value, cell) => {
    const heat = value * (areas[cell] ?? 0);
    total += heat;
    inside += heat * (coverage?.[cell] ?? 0);
  });
  return total > 0 ? inside / total : 0;
}
