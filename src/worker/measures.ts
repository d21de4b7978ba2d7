import type { ClassScore, Detection } from '../shared/detection.ts';
import type { LetterboxGeometry } from '../shared/letterbox-geometry.ts';
import { borderCoverage } from './border-ring.ts';
import { boxCoverage } from './box-coverage.ts';
import {
  type ContentAxis,
  type ContentCells,
  contentCells,
  type GridMap,
  type GridSize,
} from './content-cells.ts';
import { layerAgreement } from './layer-agreement.ts';
import { weightedProduct, weightedSum } from './weighted-sum.ts';

export interface MeasuredMap {
  /** In [0, 1], row-major on the grid of `cells`; finite in padding too. */
  readonly map: Float32Array;
  readonly cells: ContentCells;
  /** `boxCoverage` on the same grid; `undefined` when no box was found. */
  readonly boxCoverage: Float32Array | undefined;
  /** `borderCoverage` on the same grid. */
  readonly borderCoverage: Float32Array;
}

/** A target layer: its first component normalised to [0, 1], and per component of the run the figures of the decomposition. */
export interface LayerEvidence extends GridMap {
  readonly name: string;
  readonly explainedVariance: readonly number[];
  readonly residual: readonly number[];
  readonly signMargin: readonly number[];
}

export interface SampleEvidence {
  readonly fused: GridMap;
  readonly layers: readonly LayerEvidence[];
  /** Components of the run, counted from 1, in the order of the layers' figures. */
  readonly components: readonly number[];
  readonly detections: readonly Detection[];
  /** Empty for a detector. */
  readonly classScores: readonly ClassScore[];
  readonly geometry: LetterboxGeometry;
}

/**
 * The `map` measures of one map, by name without a suffix; definitions in `measure-catalog.ts`. Heat of a cell is its value times its
 * content area, so a cell that is half padding counts half. Let p be the shares of heat and q the shares of area of the n
 * content cells.
 *
 * - `entropy` = 1 - sum p ln(p / q) / ln n. With whole cells this is -sum p ln p / ln n (Bhatt et al. 2005.00631, normalised); cut
 *   cells keep an even map at exactly 1. Needs two content cells.
 * - `energyInBoxes` = sum p c over the coverage c (Score-CAM 1910.01279); `boxLift` and `boxAttainable` set it against the area a:
 *   E / a and (E - a) / (1 - a), the latter not below -1. Absent without a box in the content, the last one also when boxes cover it all.
 * - `peakInBoxes`: c of the hottest cell, the first in reading order (pointing game).
 * - `centreX`, `centreY`: centre of mass in the original image, in [0, 1].
 *
 * A map without heat, or with values that are not finite, has no measures.
 */
export function measureMap(measured: MeasuredMap): Record<string, number> {
  const { map, cells, borderCoverage } = measured;
  const total = weightedSum(cells.areas, map);
  if (!(total > 0) || !Number.isFinite(total)) return {};
  const ring = coveredBy(borderCoverage, map, cells, total);
  return finiteOnly({
    entropy: entropyOf(map, cells, total),
    ...boxMeasures(measured, total),
    borderShare: ring.heat,
    borderLift: ring.heat / ring.area,
    ...centreOf(map, cells, total),
  });
}

/** All columns of the catalogue that can be taken of one sample; what cannot be taken is absent, never NaN. */
export function measureSample(evidence: SampleEvidence): Record<string, number> {
  const { fused, layers, detections, classScores, geometry } = evidence;
  const grids = new Map<string, GridCoverage>();
  const measures: Record<string, number> = {};
  const gridOf = (size: GridSize): GridCoverage => {
    const key = `${size.gridWidth}x${size.gridHeight}`;
    const grid = grids.get(key) ?? coverGrid(geometry, size, detections);
    grids.set(key, grid);
    return grid;
  };
  for (const { name, ...grid } of [{ ...fused, name: 'fused' }, ...layers]) {
    const ofMap = measureMap({ map: grid.map, ...gridOf(grid) });
    for (const [measure, value] of Object.entries(ofMap)) measures[`${measure}.${name}`] = value;
  }
  Object.assign(measures, layerFigures(evidence));
  const agreement = layerAgreement(layers, geometry);
  if (agreement !== undefined) measures.layerAgreement = agreement;
  if (classScores.length > 0) measures.confidence = classScores[0]!.score;
  else Object.assign(measures, objectMeasures(detections, gridOf(fused)));
  return finiteOnly(measures);
}

type GridCoverage = Omit<MeasuredMap, 'map'>;

function coverGrid(
  geometry: LetterboxGeometry,
  size: GridSize,
  detections: readonly Detection[],
): GridCoverage {
  const cells = contentCells(geometry, size);
  const boxes = detections.map(({ box }) => box);
  return {
    cells,
    boxCoverage: boxes.length === 0 ? undefined : boxCoverage(boxes, cells),
    borderCoverage: borderCoverage(cells),
  };
}

/** Shares of the heat and of the content's area that a coverage holds. */
function coveredBy(coverage: Float32Array, map: Float32Array, cells: ContentCells, total: number) {
  return {
    heat: weightedProduct(cells.areas, map, coverage) / total,
    area: weightedSum(cells.areas, coverage) / contentArea(cells),
  };
}

function contentArea({ columns, rows }: ContentCells): number {
  return (columns.to - columns.from) * (rows.to - rows.from);
}

/** NaN, and so left out, with a single content cell. */
function entropyOf(map: Float32Array, cells: ContentCells, total: number): number {
  const { areas, columns, rows } = cells;
  const count = (columns.end - columns.first) * (rows.end - rows.first);
  if (count < 2) return Number.NaN;
  // p / q: the cell's own area cancels.
  const density = contentArea(cells) / total;
  let divergence = 0;
  for (let i = 0; i < areas.length; i++) {
    const heat = map[i]! * areas[i]!;
    if (heat > 0) divergence += (heat / total) * Math.log(map[i]! * density);
  }
  return Math.min(1, Math.max(0, 1 - divergence / Math.log(count)));
}

function centreOf(map: Float32Array, cells: ContentCells, total: number) {
  const { gridWidth, gridHeight, columns, rows, areas, geometry } = cells;
  let momentX = 0;
  let momentY = 0;
  for (let row = rows.first; row < rows.end; row++) {
    let rowHeat = 0;
    for (let column = columns.first; column < columns.end; column++) {
      const heat = map[row * gridWidth + column]! * areas[row * gridWidth + column]!;
      rowHeat += heat;
      momentX += heat * contentMiddle(columns, column);
    }
    momentY += rowHeat * contentMiddle(rows, row);
  }
  const x = (momentX / total) * (geometry.inputWidth / gridWidth) - geometry.left;
  const y = (momentY / total) * (geometry.inputHeight / gridHeight) - geometry.top;
  return { centreX: x / geometry.newWidth, centreY: y / geometry.newHeight };
}

/** Middle of the content of a cell on one axis, in cells. */
function contentMiddle({ from, to }: ContentAxis, cell: number): number {
  return (Math.max(cell, from) + Math.min(cell + 1, to)) / 2;
}

function boxMeasures(
  { map, cells, boxCoverage }: MeasuredMap,
  total: number,
): Record<string, number> {
  if (boxCoverage === undefined) return {};
  const { heat, area } = coveredBy(boxCoverage, map, cells, total);
  // Boxes that all lie outside of what the model saw are no boxes.
  if (area === 0) return {};
  const measures = {
    energyInBoxes: heat,
    boxLift: heat / area,
    peakInBoxes: boxCoverage[hottestCell(map, cells)]!,
  };
  // Beyond this the quotient is rounding noise.
  if (area > 1 - 1e-6) return measures;
  return { ...measures, boxAttainable: Math.max(-1, (heat - area) / (1 - area)) };
}

function hottestCell(map: Float32Array, { areas }: ContentCells): number {
  let hottest = -1;
  for (let i = 0; i < areas.length; i++) {
    if (areas[i]! > 0 && (hottest < 0 || map[i]! > map[hottest]!)) hottest = i;
  }
  return hottest;
}

function layerFigures({ layers, components }: SampleEvidence): Record<string, number> {
  const figures: Record<string, number> = {};
  for (const { name, explainedVariance, residual, signMargin } of layers) {
    components.forEach((component, i) => {
      const column = i === 0 ? name : `${name}.pc${component}`;
      figures[`explainedVariance.${column}`] = explainedVariance[i] ?? Number.NaN;
      figures[`residual.${column}`] = residual[i] ?? Number.NaN;
      figures[`signMargin.${column}`] = signMargin[i] ?? Number.NaN;
    });
  }
  return figures;
}

function objectMeasures(
  detections: readonly Detection[],
  { cells, boxCoverage }: GridCoverage,
): Record<string, number> {
  const scores = detections.reduce((sum, { score }) => sum + score, 0);
  return {
    detections: detections.length,
    boxArea:
      boxCoverage === undefined ? 0 : weightedSum(cells.areas, boxCoverage) / contentArea(cells),
    // NaN without objects, and so left out.
    confidence: scores / detections.length,
  };
}

function finiteOnly(measures: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(measures).filter(([, value]) => Number.isFinite(value)));
}
