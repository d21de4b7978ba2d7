import { candidateRules } from '../../shared/run/candidates.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import type { DetectionEvaluation } from '../result/evaluation.ts';
import type { EvaluationSums } from './evaluation-sums.ts';
import type { PrecisionContext } from './precision-figures.ts';

/** From where on boxes are known. */
export interface CandidateOrigin {
  /** How candidates were taken; absent where the run keeps none. */
  readonly rules?: { readonly confThreshold: number };
  /** The score below which boxes are unknown; absent where that is `val`'s own. `null`: one that nobody can tell. */
  readonly above?: number | null;
}

/** A run without candidates knows its detections, and a graph with its own suppression what that left. */
export function candidateOrigin(
  { model, options }: Pick<RunSpec, 'model' | 'options'>,
  confThreshold: number,
): CandidateOrigin {
  if (options.candidates !== true) return { above: confThreshold };
  const { shape } = traitsOf(model.task);
  const usual =
    shape === 'rotated' ? candidateRules.rotatedConfThreshold : candidateRules.confThreshold;
  const { frozenThreshold: frozen } = model;
  const rules = { confThreshold: Math.max(usual, frozen ?? 0) };
  if (frozen === undefined) return { rules };
  return frozen !== null && frozen <= usual ? { rules } : { rules, above: frozen };
}

interface PrecisionRequest {
  readonly sums: EvaluationSums;
  /** Names of all blocks. */
  readonly blocks: readonly string[];
  readonly without: Record<string, number[]>;
  readonly candidates: CandidateOrigin;
}

export function precisionContext(request: PrecisionRequest): PrecisionContext {
  const { sums, blocks, without, candidates } = request;
  const { accumulator } = sums.precision;
  return {
    precision: accumulator.build(),
    jackknife: accumulator.jackknife(),
    ...{ blocks: sums.precision.blocks, names: blocks, without, lost: sums.counts.lost },
    isAbove: candidates.above !== undefined,
  };
}

/** What average precision is called, and over which candidates it is taken. */
export function candidatesOf(
  { candidates: { rules, above } }: PrecisionRequest,
  { precision }: PrecisionContext,
): Pick<DetectionEvaluation, 'apName' | 'candidates'> {
  const { iouThreshold, maxDetections } = candidateRules;
  const { cutImages, exact } = precision;
  const apName = above === null ? 'AP above the threshold of the file' : `AP above ${above}`;
  return {
    apName: above === undefined ? 'mAP' : apName,
    ...(rules && { candidates: { ...rules, iouThreshold, maxDetections, cutImages, exact } }),
  };
}
