import type { ExplainOptions } from '../../shared/run/run-spec.ts';
import type { ActivationLayer } from '../eigen-cam/eigen-cam-graph.ts';
import type { FoundEvidence, ScoreSource } from '../evidence/evidence-source.ts';
import type { HeadLayout } from '../head/heads.ts';

/** Where the graph is to compare the features of boxes. Plain data. */
export interface BoxMapPlan {
  /** What the head reads, in its order: anchors are their cells, one level after the other, row by row. */
  readonly levels: readonly ActivationLayer[];
  /** How many anchors the graph chooses. */
  readonly picks: number;
  readonly confThreshold: number;
  readonly iouThreshold: number;
  /** Of a head that answers with finished rows: the scores that they were taken from, by which the anchor of a row is found again. */
  readonly scores?: ScoreSource | undefined;
}

/** The graph's answer for a batch, or for one of its images. Plain data: it crosses threads. */
export interface BoxMapAnswer {
  /** [B, picks]: anchors that the graph took for the strongest boxes; -1 where a row's score is at none. Where there were fewer, the rest is arbitrary. */
  readonly anchors: Int32Array;
  /** [B, picks]: the rows that these are the anchors of; absent where the head answers with anchors. */
  readonly rows?: Int32Array | undefined;
  /** As the plan's. N: cells of the level. */
  readonly levels: readonly LevelProducts[];
}

export interface LevelProducts {
  /** Such as `model.15`. */
  readonly name: string;
  /** Of the whole input; an image of a dynamic model may have taken less. */
  readonly gridHeight: number;
  readonly gridWidth: number;
  /** [B, picks, N]: centered features of the anchor times those of each cell. Means nothing where the anchor is of another level. */
  readonly products: Float32Array;
  /** [B, 1, N]: squared length of each cell's centered features. */
  readonly squares: Float32Array;
}

interface HeadedModel {
  readonly model: { readonly opset: number; readonly headLayout: HeadLayout };
  /** Empty where the head's anchors do not lie on grids. */
  readonly levels: readonly ActivationLayer[];
  readonly evidence: FoundEvidence;
}

/** How many are asked for, and which boxes there are; nothing where none are asked for. */
export type BoxMapChoice =
  | Pick<ExplainOptions, 'boxMaps' | 'confThreshold' | 'iouThreshold'>
  | { readonly boxMaps?: undefined };

/** That of NonMaxSuppression; and a function that a file brings along is computed by ONNX Runtime in the file's own operator set. */
const oldestOpset = 10;
/**
 * Segment models drop boxes without a pixel, and float32 may decide an overlap right at the threshold otherwise than the host: some more than are asked
 * for leave room for both.
 */
const spare = 4;
/** The overlap of rotated boxes is computed on the host; in the graph that of the upright boxes around them is, of which more survive. */
const rotatedFactor = 3;

/** What the graph has to answer for the option `boxMaps`; `undefined` for 0, and for a model whose boxes belong to no cells. */
export function boxMapPlanOf(headed: HeadedModel, choice: BoxMapChoice): BoxMapPlan | undefined {
  if (choice.boxMaps === undefined || choice.boxMaps === 0) return undefined;
  if (boxMapsAbsence(headed) !== undefined) return undefined;
  const { boxMaps, confThreshold, iouThreshold } = choice;
  const { levels, model } = headed;
  const factor = model.headLayout.kind === 'obb' ? rotatedFactor : 1;
  const picks = factor * boxMaps + spare;
  const scores = isFinished(model.headLayout) ? scoresOf(headed) : undefined;
  return { levels, picks, confThreshold, iouThreshold, ...(scores && { scores }) };
}

/** Why a model has no box maps, as a sentence, where some were asked for: `boxMaps` as it was said. */
export function boxMapsWarning(
  headed: HeadedModel & { readonly model: { readonly name: string } },
  boxMaps: number | undefined,
): string | undefined {
  const reason = boxMapsAbsence(headed);
  if (reason === undefined || boxMaps === undefined || boxMaps === 0) return undefined;
  return `No box maps for ${headed.model.name}: ${reason}.`;
}

/** Why a model has no box maps, as a clause about it; `undefined` where it can have them. */
export function boxMapsAbsence(headed: HeadedModel): string | undefined {
  const { model, levels } = headed;
  const { opset, headLayout } = model;
  if (headLayout.kind === 'classify' || headLayout.kind === 'none') return 'it finds no boxes';
  if (headLayout.kind === 'queries') return 'its boxes belong to no cells of a grid';
  if (isFinished(headLayout) && scoresOf(headed) === undefined) {
    return 'its answer has finished boxes, and its graph does not show of which cells: export it again without "nms=True"';
  }
  if (opset < oldestOpset) {
    return `its operator set ${opset} has no suppression of boxes, and ${oldestOpset} or later is needed: export it again with "opset=18"`;
  }
  return levels.length === 0 ? 'its boxes do not lie on the grids that its head reads' : undefined;
}

/** Suppressed in the graph, or by an end-to-end head. */
function isFinished(headLayout: HeadLayout): boolean {
  return 'rows' in headLayout;
}

/** The scores of all anchors, where they lie on the very grids that the head reads. */
function scoresOf({ evidence, levels }: HeadedModel): ScoreSource | undefined {
  if (evidence.status !== 'found' || evidence.source.kind !== 'scores') return undefined;
  const { source } = evidence;
  const areSame =
    source.levels.length === levels.length &&
    source.levels.every(({ gridHeight, gridWidth }, index) => {
      const level = levels[index];
      return level?.gridHeight === gridHeight && level.gridWidth === gridWidth;
    });
  return areSame ? source : undefined;
}
