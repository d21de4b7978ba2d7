import type { ClassScore, Detection } from '../shared/detection.ts';
import type { LetterboxGeometry } from '../shared/letterbox-geometry.ts';
import { borderCoverage } from './border-ring.ts';
import { boxCoverage } from './box-coverage.ts';
import {
  type ContentCells,
  contentCells,
  contentMean,
  type GridMap,
  type GridSize,
} from './content-cells.ts';
import { layerAgreement } from './layer-agreement.ts';

export interface MeasuredMap {
  /** In [0, 1], row-major on the grid of `cells`. */
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
  const { cells } = measured;
  const sums = sumHeat(measured);
  if (!(sums.heat > 0) || !Number.isFinite(sums.heat)) return {};
  const measures: Record<string, number> = {
    borderShare: sums.ringHeat / sums.heat,
    borderLift: sums.ringHeat / sums.heat / (sums.ringArea / sums.area),
    ...centreOf(sums, cells),
    ...boxMeasures(measured, sums),
  };
  const entropy = entropyOf(measured, sums);
  return entropy === undefined ? measures : { entropy, ...measures };
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

interface HeatSums {
  heat: number;
  area: number;
  boxHeat: number;
  boxArea: number;
  ringHeat: number;
  ringArea: number;
  /** Heat times the middle of the cell's content, in cells. */
  momentX: number;
  momentY: number;
  peak: number;
  peakCell: number;
}

function sumHeat({ map, cells, boxCoverage, borderCoverage }: MeasuredMap): HeatSums {
  const { gridWidth, columns, rows } = cells;
  const sums: HeatSums = {
    ...{ heat: 0, area: 0, boxHeat: 0, boxArea: 0, ringHeat: 0, ringArea: 0 },
    ...{ momentX: 0, momentY: 0, peak: Number.NEGATIVE_INFINITY, peakCell: 0 },
  };
  for (let row = rows.first; row < rows.end; row++) {
    const height = rows.shares[row]!;
    const y = (Math.max(row, rows.from) + Math.min(row + 1, rows.to)) / 2;
    for (let column = columns.first; column < columns.end; column++) {
      const cell = row * gridWidth + column;
      const area = columns.shares[column]! * height;
      const heat = map[cell]! * area;
      const x = (Math.max(column, columns.from) + Math.min(column + 1, columns.to)) / 2;
      const inBoxes = boxCoverage?.[cell] ?? 0;
      const inRing = borderCoverage[cell]!;
      sums.heat += heat;
      sums.area += area;
      sums.boxHeat += heat * inBoxes;
      sums.boxArea += area * inBoxes;
      sums.ringHeat += heat * inRing;
      sums.ringArea += area * inRing;
      sums.momentX += heat * x;
      sums.momentY += heat * y;
      if (map[cell]! > sums.peak) {
        sums.peak = map[cell]!;
        sums.peakCell = cell;
      }
    }
  }
  return sums;
}

function entropyOf({ map, cells }: MeasuredMap, { heat, area }: HeatSums): number | undefined {
  const { gridWidth, columns, rows } = cells;
  const count = (columns.end - columns.first) * (rows.end - rows.first);
  if (count < 2) return undefined;
  let divergence = 0;
  for (let row = rows.first; row < rows.end; row++) {
    const height = rows.shares[row]!;
    for (let column = columns.first; column < columns.end; column++) {
      const value = map[row * gridWidth + column]!;
      // p / q = value * area / heat: the cell's own area cancels.
      const ratio = (value * area) / heat;
      if (ratio > 0) {
        divergence += ((value * columns.shares[column]! * height) / heat) * Math.log(ratio);
      }
    }
  }
  return Math.min(1, Math.max(0, 1 - divergence / Math.log(count)));
}

function centreOf(sums: HeatSums, { geometry, gridWidth, gridHeight }: ContentCells) {
  const x = (sums.momentX / sums.heat) * (geometry.inputWidth / gridWidth) - geometry.left;
  const y = (sums.momentY / sums.heat) * (geometry.inputHeight / gridHeight) - geometry.top;
  return { centreX: x / geometry.newWidth, centreY: y / geometry.newHeight };
}

function boxMeasures({ boxCoverage }: MeasuredMap, sums: HeatSums): Record<string, number> {
  if (boxCoverage === undefined || sums.boxArea === 0) return {};
  const energy = sums.boxHeat / sums.heat;
  const area = sums.boxArea / sums.area;
  const measures = {
    energyInBoxes: energy,
    boxLift: energy / area,
    peakInBoxes: boxCoverage[sums.peakCell]!,
  };
  // Beyond this the quotient is rounding noise.
  if (area > 1 - 1e-6) return measures;
  return { ...measures, boxAttainable: Math.max(-1, (energy - area) / (1 - area)) };
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
    boxArea: boxCoverage === undefined ? 0 : contentMean(boxCoverage, cells),
    // NaN without objects, and so left out.
    confidence: scores / detections.length,
  };
}

function finiteOnly(measures: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(measures).filter(([, value]) => Number.isFinite(value)));
}
