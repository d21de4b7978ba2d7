import { contentCells, type GridMap } from '../../maps/content-cells.ts';
import { evidenceInObjects } from '../../maps/evidence/evidence-in-objects.ts';
import { logitsAboveMedian } from '../../maps/evidence/logits-above-median.ts';
import { gridMask } from '../../maps/grid-mask.ts';
import { objectCoverage } from '../../maps/object-coverage.ts';
import type { EvidenceAnswer, EvidenceLevel } from '../../model/evidence/evidence-source.ts';
import { entryBytes, type PackedMap } from '../../shared/results/map-archive.ts';
import { packEvidence } from '../../shared/results/stored-evidence.ts';
import type { ClassEvidence } from '../../shared/run/evidence/class-evidence.ts';
import {
  type InputSize,
  type LetterboxGeometry,
  layerForImage,
} from '../../shared/run/letterbox-geometry.ts';
import type { ExplainOptions } from '../../shared/run/run-spec.ts';
import { type Found, labeledClasses, wantedClasses } from './kept-classes.ts';

interface Place {
  readonly geometry: LetterboxGeometry;
  readonly settings: {
    /** Pixels of the whole input, which the grids of the levels are for. */
    readonly input: InputSize;
    readonly options: Pick<ExplainOptions, 'classes' | 'padding'>;
  };
}

/**
 * The evidence of each class that the run chooses, in one image; `undefined` where the graph answered none. A class whose numbers are not finite has
 * none. Definitions: `class-evidence.ts` in `shared/run`, formulas: `docs/concepts.md`.
 */
export function classEvidence(
  answer: EvidenceAnswer | undefined,
  found: Found,
  { geometry, settings }: Place,
): ClassEvidence[] | undefined {
  if (answer === undefined) return undefined;
  const levels = answer.levels.map((level) => layerForImage(level, settings.input, geometry));
  const anchors = levels.reduce((sum, level) => sum + level.gridHeight * level.gridWidth, 0);
  const rows = answer.values.length / anchors;
  if (!Number.isInteger(rows)) return undefined;
  const ids = answer.classIds ?? Array.from({ length: rows }, (_, id) => id);
  const scoresOf = (row: number) => answer.values.subarray(row * anchors, (row + 1) * anchors);
  const isWanted = wantedClasses(settings.options, found, () => strongest(ids, scoresOf));
  return ids.flatMap((classId, row) => {
    if (!isWanted(classId)) return [];
    const values = scoresOf(row);
    const map =
      answer.kind === 'scores'
        ? scoreMap(values, levels, (level) => gridMask(level, geometry, settings.options.padding))
        : featureMap(values, levels);
    const detections = found.detections.filter((one) => one.classId === classId);
    return map === undefined ? [] : [withFigures(classId, map, { geometry, detections })];
  });
}

/** The class of the highest score anywhere. */
function strongest(
  classIds: readonly number[],
  scoresOf: (row: number) => Float32Array,
): number | undefined {
  let [best, highest]: [number | undefined, number] = [undefined, Number.NEGATIVE_INFINITY];
  for (const [row, classId] of classIds.entries()) {
    for (const score of scoresOf(row)) {
      if (score > highest) [best, highest] = [classId, score];
    }
  }
  return best;
}

interface LevelMap extends GridMap {
  readonly layer: string;
}

function withFigures(
  classId: number,
  { layer, gridHeight, gridWidth, map }: LevelMap,
  { geometry, detections }: Pick<Place, 'geometry'> & Pick<Found, 'detections'>,
): ClassEvidence {
  const [low, high] = rangeOf(map);
  const cells = contentCells(geometry, { gridHeight, gridWidth });
  const coverage = objectCoverage(detections, geometry)?.(cells);
  const inObjects = coverage && evidenceInObjects(map, coverage, cells);
  return {
    ...{ classId, layer, gridHeight, gridWidth, low, high },
    ...(inObjects && { inObjects }),
    map,
  };
}

function rangeOf(map: Float32Array): [number, number] {
  let [low, high] = [0, 0];
  for (let cell = 0; cell < map.length; cell++) {
    const value = map[cell]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/**
 * The level where the class lives, which is the one with its highest score: there, by how much the logit of a cell's score is above the median of the cells that
 * count, and 0 below it. A probability would be 1 all over an object and would drown in a thousand cells of background; the logit keeps order, and the median is
 * what the level says of background.
 */
function scoreMap(
  scores: Float32Array,
  levels: readonly EvidenceLevel[],
  maskOf: (level: EvidenceLevel) => Float32Array,
): LevelMap | undefined {
  let best: { level: EvidenceLevel; mask: Float32Array; scores: Float32Array } | undefined;
  let highest = Number.NEGATIVE_INFINITY;
  let start = 0;
  for (const level of levels) {
    const cells = level.gridHeight * level.gridWidth;
    const ofLevel = scores.subarray(start, start + cells);
    start += cells;
    const mask = maskOf(level);
    for (let cell = 0; cell < cells; cell++) {
      const score = ofLevel[cell]!;
      if (mask[cell] === 0) continue;
      if (!Number.isFinite(score)) return undefined;
      if (score > highest) {
        highest = score;
        best = { level, mask, scores: ofLevel };
      }
    }
  }
  if (best === undefined) return undefined;
  const { level, mask } = best;
  return { ...level, map: logitsAboveMedian(best.scores, mask) };
}

/** What the maps of an image of 640 x 640 pixels may take with their names where nobody asked for a class; the strongest class is always stored. */
const budgetBytes = 6600;
const budgetPixels = 640 * 640;

/**
 * The maps as they are stored: all of classes that were asked for, else within a budget the strongest one, then the labeled ones, then the rest, the stronger first;
 * `undefined` for the others, and where no maps are stored.
 */
export function packWithinBudget(
  evidence: readonly ClassEvidence[],
  { inputHeight, inputWidth }: InputSize,
  { classes, maps, labels }: Pick<ExplainOptions, 'classes' | 'maps'> & Pick<Found, 'labels'>,
): (PackedMap | undefined)[] {
  const packed = new Map<ClassEvidence, PackedMap>();
  const share = Math.max(1, (inputHeight * inputWidth) / budgetPixels);
  let left = classes?.[0] === 'found' ? budgetBytes * share : Number.POSITIVE_INFINITY;
  const labeled = new Set(labeledClasses(labels));
  const [first, ...others] = maps ? evidence.toSorted((a, b) => b.high - a.high) : [];
  const last = others.filter(({ classId }) => !labeled.has(classId));
  const next = others.filter(({ classId }) => labeled.has(classId));
  for (const one of [...(first ? [first] : []), ...next, ...last]) {
    const map = packEvidence(one);
    const bytes = map.deflated.length + entryBytes;
    if (packed.size > 0 && bytes > left) continue;
    packed.set(one, map);
    left -= bytes;
  }
  return evidence.map((one) => packed.get(one));
}

/** A classifier has one level, and its cells are summed by the graph. */
function featureMap(values: Float32Array, levels: readonly EvidenceLevel[]): LevelMap | undefined {
  const [level] = levels;
  if (level === undefined || !values.every(Number.isFinite)) return undefined;
  return { ...level, map: values.slice() };
}
