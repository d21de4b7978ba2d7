import { entropySum, type HeatSums, sumHeat } from '../../kernels/map-sums.ts';
import type { ContentCells, GridMap, GridSize } from '../../maps/content-cells.ts';
import { type Covered, covered, coverGrid, type GridCoverage } from '../../maps/grid-coverage.ts';
import { type CoveringObject, objectCoverage } from '../../maps/object-coverage.ts';
import type { MeasureName } from '../../shared/catalog/measure-catalog.ts';
import {
  componentPart,
  mapColumn,
  parseColumn,
  sampleColumns,
} from '../../shared/catalog/measure-column.ts';
import type { ClassScore, Detection } from '../../shared/run/detection.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import { addBasisMeasures } from './basis-measures.ts';
import { layerAgreement } from './layer-agreement.ts';

export interface MeasuredMap {
  /** In [0, 1], row-major on the grid of `cells`; finite in padding too. */
  readonly map: Float32Array;
  readonly cells: ContentCells;
  /** `boxCoverage` on the same grid; `undefined` when no box was found. */
  readonly boxCoverage: Float32Array | undefined;
  /** `borderCoverage` on the same grid. */
  readonly borderCoverage: Float32Array;
}

/** A target layer: its first component normalized to [0, 1], and per component of the run the figures of the decomposition. */
export interface LayerEvidence extends GridMap {
  /** Its name as columns spell it. */
  readonly column: string;
  readonly explainedVariance: readonly number[];
  readonly residual: readonly number[];
  readonly signMargin: readonly number[];
  /** Only of a dataset's components. */
  readonly offBasis?: number;
}

export interface SampleEvidence {
  readonly fused: GridMap;
  readonly layers: readonly LayerEvidence[];
  /** The maps of the layers on the grid of the fused map, as `frameLayers` gives them. */
  readonly framed: readonly Float32Array[];
  /** Components of the run, counted from 1, in the order of the layers' figures. */
  readonly components: readonly number[];
  readonly detections: readonly Detection[];
  /** The model looks for objects: that it found none is a measure too. */
  readonly findsObjects: boolean;
  /** Empty for a detector. */
  readonly classScores: readonly ClassScore[];
  /** By layer: share of the energy off the basis that the images have which it was fitted on. */
  readonly usualOffBasis?: readonly number[] | undefined;
  readonly geometry: LetterboxGeometry;
  /** What the labels say; absent where nobody knows. */
  readonly labeled?: readonly CoveringObject[] | undefined;
}

/**
 * The `map` measures of one map, by name without a suffix; definitions in `measure-catalog.ts`. Heat of a cell is its value times its
 * content area, so a cell that is half padding counts half. Let p be the shares of heat and q the shares of area of the n
 * content cells.
 *
 * - `entropy` = 1 - sum p ln(p / q) / ln n. With whole cells this is -sum p ln p / ln n (Bhatt et al. 2005.00631, normalized); cut
 *   cells keep an even map at exactly 1. Needs two content cells.
 * - `energyInBoxes` = sum p c over the coverage c (Score-CAM 1910.01279); `boxLift` and `boxAttainable` set it against the area a:
 *   E / a and (E - a) / (1 - a), the latter not below -1. Absent without a box in the content, the last one also when boxes cover it all.
 * - `peakInBoxes`: c of the hottest cell, the first in reading order (pointing game).
 * - `centerX`, `centerY`: center of mass in the original image, in [0, 1].
 *
 * A map without heat, or with values that are not finite, has no measures.
 */
export function measureMap({ map, cells, ...coverage }: MeasuredMap): Record<string, number> {
  const border = covered(coverage.borderCoverage, cells);
  const boxes = coverage.boxCoverage && covered(coverage.boxCoverage, cells);
  const measures: Record<string, number> = {};
  const ofMap = measureHeat(map, { cells, border, boxes });
  for (const measure in ofMap) add(measures, measure, ofMap[measure]!);
  return measures;
}

/** Returns all columns of the catalog for one sample; a measure that cannot be taken is absent, never NaN. */
export function measureSample(evidence: SampleEvidence): Record<string, number> {
  const { fused, layers, framed, detections, classScores, geometry } = evidence;
  const grids = new Map<string, GridCoverage>();
  const objects = objectCoverage(detections, geometry);
  const measures: Record<string, number> = {};
  const gridOf = (size: GridSize): GridCoverage => {
    const key = `${size.gridWidth}x${size.gridHeight}`;
    const grid = grids.get(key) ?? coverGrid(geometry, size, objects);
    grids.set(key, grid);
    return grid;
  };
  for (const { column, ...grid } of [{ ...fused, column: 'fused' }, ...layers]) {
    const ofMap = measureHeat(grid.map, gridOf(grid));
    for (const measure in ofMap)
      add(measures, mapColumn(measure as MeasureName, column), ofMap[measure]!);
  }
  const { labeled } = evidence;
  if (labeled) Object.assign(measures, measureLabels(evidence, labeled));
  addLayerFigures(measures, evidence);
  addBasisMeasures(measures, evidence);
  const agreement = layerAgreement(framed, gridOf(fused).cells);
  if (agreement !== undefined) measures[sampleColumns.layerAgreement] = agreement;
  if (classScores.length > 0) add(measures, sampleColumns.confidence, classScores[0]!.score);
  else if (evidence.findsObjects) addObjectMeasures(measures, detections, gridOf(fused));
  return measures;
}

/** NaN marks a measure that could not be taken; it is left out. */
function add(measures: Record<string, number>, column: string, value: number): void {
  if (Number.isFinite(value)) measures[column] = value;
}

/** By name without a suffix; NaN where there is none. */
function measureHeat(map: Float32Array, grid: GridCoverage): Record<string, number> {
  const { cells, border, boxes } = grid;
  const heat = heatOf(map, grid);
  const { total } = heat;
  if (!(total > 0) || !Number.isFinite(total)) return {};
  const borderShare = heat.border / total;
  return {
    entropy: entropyOf(map, cells, total),
    ...(boxes && boxMeasures(boxes, heat)),
    borderShare,
    borderLift: borderShare / border.area,
    ...centerOf(heat, cells),
  };
}

/** One pass for all that needs no other sum first. */
function heatOf(map: Float32Array, { cells, border, boxes }: GridCoverage): HeatSums {
  return sumHeat(map, {
    areas: cells.areas,
    ring: border.coverage,
    // Without boxes this sum is never read.
    boxes: boxes?.coverage ?? border.coverage,
    middlesX: cells.columns.middles,
    middlesY: cells.rows.middles,
  });
}

/** NaN, and so left out, with a single content cell. */
function entropyOf(map: Float32Array, cells: ContentCells, total: number): number {
  const { areas, columns, rows } = cells;
  const count = (columns.end - columns.first) * (rows.end - rows.first);
  if (count < 2) return Number.NaN;
  // p / q: the cell's own area cancels.
  const density = cells.totalArea / total;
  const weighted = entropySum(map, areas);
  const divergence = weighted / total + Math.log(density);
  return Math.min(1, Math.max(0, 1 - divergence / Math.log(count)));
}

function centerOf({ total, momentX, momentY }: HeatSums, cells: ContentCells) {
  const { gridWidth, gridHeight, geometry } = cells;
  const x = (momentX / total) * (geometry.inputWidth / gridWidth) - geometry.left;
  const y = (momentY / total) * (geometry.inputHeight / gridHeight) - geometry.top;
  return { centerX: x / geometry.newWidth, centerY: y / geometry.newHeight };
}

function boxMeasures(
  { coverage, area }: Covered,
  { total, boxes, hottest }: HeatSums,
): Record<string, number> {
  // Boxes entirely outside of what the model saw do not count.
  if (area === 0) return {};
  const heat = boxes / total;
  const measures = {
    energyInBoxes: heat,
    boxLift: heat / area,
    peakInBoxes: coverage[hottest]!,
  };
  // Beyond this the quotient is rounding noise.
  if (area > 1 - 1e-6) return measures;
  return { ...measures, boxAttainable: Math.max(-1, (heat - area) / (1 - area)) };
}

/** The measures in boxes once more, in those of the labels. */
function measureLabels(
  { fused, layers, geometry }: LabeledMaps,
  labeled: readonly CoveringObject[],
): Record<string, number> {
  const measures: Record<string, number> = {};
  add(measures, sampleColumns.labeledObjects, labeled.length);
  const objects = objectCoverage(labeled, geometry);
  if (objects === undefined) {
    add(measures, sampleColumns.labelArea, 0);
    return measures;
  }
  const grids = new Map<string, GridCoverage>();
  for (const { column, ...size } of [{ ...fused, column: 'fused' }, ...layers]) {
    const key = `${size.gridWidth}x${size.gridHeight}`;
    const grid = grids.get(key) ?? coverGrid(geometry, size, objects);
    grids.set(key, grid);
    if (size.map === fused.map) add(measures, sampleColumns.labelArea, grid.boxes?.area ?? 0);
    const heat = heatOf(size.map, grid);
    if (grid.boxes === undefined || !(heat.total > 0) || !Number.isFinite(heat.total)) continue;
    const inLabels = boxMeasures(grid.boxes, heat);
    for (const [ofBoxes, ofLabels] of labelMeasures) {
      add(measures, mapColumn(ofLabels, column), inLabels[ofBoxes] ?? Number.NaN);
    }
  }
  return measures;
}

/** The measures of an image with those in the labels taken anew; none of them without labels. */
export function withLabelMeasures(
  measures: Readonly<Record<string, number>>,
  maps: LabeledMaps,
  labeled: readonly CoveringObject[] | undefined,
): Record<string, number> {
  const others = Object.entries(measures).filter(([column]) => !parseColumn(column)?.kind.labeled);
  return { ...Object.fromEntries(others), ...(labeled && measureLabels(maps, labeled)) };
}

type LabeledMaps = Pick<SampleEvidence, 'fused' | 'geometry'> & {
  readonly layers: readonly (GridMap & { readonly column: string })[];
};

const labelMeasures = [
  ['energyInBoxes', 'energyInLabels'],
  ['boxLift', 'labelLift'],
  ['boxAttainable', 'labelAttainable'],
  ['peakInBoxes', 'peakInLabels'],
] as const;

function addLayerFigures(
  measures: Record<string, number>,
  { layers, components }: SampleEvidence,
): void {
  for (const { column, explainedVariance, residual, signMargin } of layers) {
    components.forEach((component, i) => {
      const of = i === 0 ? column : componentPart(column, component);
      add(measures, mapColumn('explainedVariance', of), explainedVariance[i] ?? Number.NaN);
      add(measures, mapColumn('residual', of), residual[i] ?? Number.NaN);
      add(measures, mapColumn('signMargin', of), signMargin[i] ?? Number.NaN);
    });
  }
}

function addObjectMeasures(
  measures: Record<string, number>,
  detections: readonly Detection[],
  { boxes }: GridCoverage,
): void {
  const scores = detections.reduce((sum, { score }) => sum + score, 0);
  add(measures, sampleColumns.detections, detections.length);
  add(measures, sampleColumns.boxArea, boxes?.area ?? 0);
  // NaN without objects, and so left out.
  add(measures, sampleColumns.confidence, scores / detections.length);
}
