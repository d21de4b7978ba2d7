import { writeAlignment } from '../../kernels/evidence-values.ts';
import type { BoxMapAnswer, LevelProducts } from '../../model/box-maps/box-map-plan.ts';
import type { Findings } from '../../model/head/head.ts';
import { type PackedBoxMaps, packBoxMaps } from '../../shared/results/box-maps/packed-box-maps.ts';
import { entryBytes, type PackedMap } from '../../shared/results/map-archive.ts';
import type { Xyxy } from '../../shared/run/detection.ts';
import type { BoxMap } from '../../shared/run/evidence/box-map.ts';
import {
  type InputSize,
  type LetterboxGeometry,
  layerForImage,
} from '../../shared/run/letterbox-geometry.ts';
import type { ExplainOptions } from '../../shared/run/run-spec.ts';

interface BoxMapSettings {
  /** Pixels of the whole input. */
  readonly input: InputSize;
  readonly options: Pick<ExplainOptions, 'boxMaps'>;
}

/**
 * The maps of an image's strongest boxes, in the order of the detections. A box is without one where the graph chose another, or where the features of its
 * anchor are those of the mean. `undefined` where the graph has no answer.
 */
export function boxMapsOf(
  answer: BoxMapAnswer | undefined,
  found: Findings,
  geometry: LetterboxGeometry,
  { input, options }: BoxMapSettings,
): BoxMap[] | undefined {
  if (answer === undefined) return undefined;
  const levels = answer.levels.map((level) => layerForImage(level, input, geometry));
  const wanted = found.rows ?? found.anchors;
  const strongest = wanted?.slice(0, options.boxMaps ?? 0) ?? [];
  const picked = strongest.flatMap((one, detection): PickedBox[] => {
    const pick = (answer.rows ?? answer.anchors).indexOf(one);
    const place = placeOf(levels, answer.anchors[pick] ?? -1);
    if (place === undefined) return [];
    const box = found.detections[detection]?.box;
    // A row was found by its score alone, which some other anchor may have, too.
    if (found.rows !== undefined && !(box && liesAbout(place, box, geometry))) return [];
    return [{ ...place, pick, detection }];
  });
  // One after the other in one buffer: a thread receives a few buffers faster than many.
  const all = new Float32Array(picked.reduce((sum, { level }) => sum + cellsOf(level), 0));
  let start = 0;
  return picked.flatMap((box) => {
    const { gridHeight, gridWidth, name } = box.level;
    const map = all.subarray(start, start + gridHeight * gridWidth);
    start += map.length;
    const { detection, cell } = box;
    return align(box, map) ? [{ detection, layer: name, gridHeight, gridWidth, cell, map }] : [];
  });
}

interface Place {
  readonly level: LevelProducts;
  readonly cell: number;
}

interface PickedBox extends Place {
  /** Its place among the graph's answers. */
  readonly pick: number;
  readonly detection: number;
}

function cellsOf({ gridHeight, gridWidth }: LevelProducts): number {
  return gridHeight * gridWidth;
}

/** Whether the center of the cell is in the box, or not further from it than a cell: distances from an anchor to the sides of its box are not negative. */
function liesAbout({ level, cell }: Place, [x1, y1, x2, y2]: Xyxy, geometry: LetterboxGeometry) {
  const { gridWidth, gridHeight } = level;
  const { inputWidth, inputHeight, left, top, width, height, newWidth, newHeight } = geometry;
  const cellWidth = (inputWidth / gridWidth) * (width / newWidth);
  const cellHeight = (inputHeight / gridHeight) * (height / newHeight);
  const x = ((cell % gridWidth) + 0.5) * cellWidth - left * (width / newWidth);
  const y = (Math.floor(cell / gridWidth) + 0.5) * cellHeight - top * (height / newHeight);
  const isBeside = x >= x1 - cellWidth && x <= x2 + cellWidth;
  return isBeside && y >= y1 - cellHeight && y <= y2 + cellHeight;
}

/** Anchors are the cells of the levels, one level after the other. */
function placeOf(levels: readonly LevelProducts[], anchor: number): Place | undefined {
  if (anchor < 0) return undefined;
  let cell = anchor;
  for (const level of levels) {
    const cells = cellsOf(level);
    if (cell < cells) return { level, cell };
    cell -= cells;
  }
  return undefined;
}

/** Fills `map` with cos^2 where the cosine is positive, else 0; `false` where the anchor's features have no direction. */
function align({ level, cell, pick }: PickedBox, map: Float32Array): boolean {
  const cells = cellsOf(level);
  const products = level.products.subarray(pick * cells, (pick + 1) * cells);
  const own = level.squares[cell] ?? 0;
  if (!(own > 0 && own < Number.POSITIVE_INFINITY)) return false;
  return writeAlignment(products, level.squares, own, map);
}

/** What class evidence and box maps of an image of 640 x 640 pixels may take together, with their names in the archives, and what box maps have in any case. */
const budgetBytes = 9950;
const leastBytes = 2000;
const budgetPixels = 640 * 640;
const usualCount = 8;

/** The box maps as they are stored, in what the class evidence that is stored and the names of both leave. Who asks for more boxes than usual gets more. */
export function packBoxesBeside(
  evidence: readonly (PackedMap | undefined)[],
  boxMaps: readonly BoxMap[],
  place: { readonly input: InputSize; readonly options: Pick<ExplainOptions, 'boxMaps'> },
): PackedBoxMaps {
  const { inputHeight, inputWidth } = place.input;
  const { boxMaps: asked = 0 } = place.options;
  const share = Math.max(1, (inputHeight * inputWidth) / budgetPixels);
  const layers = new Set(boxMaps.map(({ layer }) => layer)).size;
  const taken = evidence.reduce(
    (sum, one) => sum + (one ? one.deflated.length + entryBytes : 0),
    layers * entryBytes,
  );
  const left = Math.max(leastBytes * share, budgetBytes * share - taken);
  return packBoxMaps(boxMaps, left * Math.max(1, asked / usualCount));
}
