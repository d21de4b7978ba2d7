import { alignmentMap } from '../../kernels/evidence-values.ts';
import type { BoxMapAnswer, LevelProducts } from '../../model/box-maps/box-map-plan.ts';
import type { Findings } from '../../model/head/head.ts';
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
  const anchors = found.anchors?.slice(0, options.boxMaps ?? 0) ?? [];
  return anchors.flatMap((anchor, detection) => {
    const pick = answer.anchors.indexOf(anchor);
    const place = placeOf(levels, anchor);
    const map = pick < 0 || place === undefined ? undefined : alignmentOf(place, pick);
    if (place === undefined || map === undefined) return [];
    const { gridHeight, gridWidth, name } = place.level;
    return [{ detection, layer: name, gridHeight, gridWidth, cell: place.cell, map }];
  });
}

interface Place {
  readonly level: LevelProducts;
  readonly cell: number;
}

/** Anchors are the cells of the levels, one level after the other. */
function placeOf(levels: readonly LevelProducts[], anchor: number): Place | undefined {
  let cell = anchor;
  for (const level of levels) {
    const cells = level.gridHeight * level.gridWidth;
    if (cell < cells) return { level, cell };
    cell -= cells;
  }
  return undefined;
}

/** cos^2 where the cosine is positive, else 0; `undefined` where the anchor's features have no direction. */
function alignmentOf({ level, cell }: Place, pick: number): Float32Array | undefined {
  const { gridHeight, gridWidth, squares } = level;
  const cells = gridHeight * gridWidth;
  const products = level.products.subarray(pick * cells, (pick + 1) * cells);
  const own = squares[cell] ?? 0;
  if (!(own > 0 && own < Number.POSITIVE_INFINITY)) return undefined;
  return alignmentMap(products, squares, own);
}

/** What class evidence and box maps of an image of 640 x 640 pixels may take together, with the names in their archives 10 kB, and what box maps have in any case. */
const budgetBytes = 9300;
const leastBytes = 2000;
const budgetPixels = 640 * 640;
const usualCount = 8;

/** Most bytes of an image's box maps: what `taken`, the bytes of its class evidence, leaves. Who asks for more boxes than usual gets more. */
export function boxMapBudget(
  taken: number,
  { inputHeight, inputWidth }: InputSize,
  { boxMaps = 0 }: Pick<ExplainOptions, 'boxMaps'>,
): number {
  const share = Math.max(1, (inputHeight * inputWidth) / budgetPixels);
  const left = Math.max(leastBytes * share, budgetBytes * share - taken);
  return left * Math.max(1, boxMaps / usualCount);
}
