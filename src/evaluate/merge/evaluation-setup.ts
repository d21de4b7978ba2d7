import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import { findsKeypoints, traitsOf } from '../../shared/run/task-traits.ts';
import { sigmasOfShape } from '../matching/keypoint-overlap.ts';
import { evaluationRulesSchema } from '../result/evaluation.ts';

/** What decides an evaluation beside run and labels. */
export const evaluationSetupSchema = z.object({
  rules: evaluationRulesSchema,
  /** Detections from which score on count: the run's own, or another one. */
  confThreshold: z.number().min(0).max(1),
});
export type EvaluationSetup = z.infer<typeof evaluationSetupSchema>;

/** Whose matching and average precision it is. */
const like = 'ultralytics 8.4.176';
/** Rises when figures change their meaning. */
const version = 1;
/** As Ultralytics and PASCAL VOC count an object as found. */
export const usualIou = 0.5;
/** Each image for itself. */
export const usualGroup = 'image';

/** What a person may choose; absent: as the run was planned. */
export interface SetupChoice {
  readonly confThreshold?: number | undefined;
  readonly iouThreshold?: number | undefined;
  readonly group?: string | undefined;
}

/** Whether a run is evaluated by itself: it has labels, and its model answers something. */
export function hasEvaluation({ labels, model }: Pick<RunSpec, 'labels' | 'model'>): boolean {
  return labels !== undefined && traitsOf(model.task).answers;
}

/** How a run is evaluated. One that was planned before the shape of keypoints said its sigmas is evaluated with them too. */
export function evaluationSetup(
  {
    options,
    group: planned,
    labels,
    model,
  }: Pick<RunSpec, 'options' | 'group' | 'labels' | 'model'>,
  { confThreshold, iouThreshold = usualIou, group }: SetupChoice = {},
): EvaluationSetup {
  const ofShape = findsKeypoints(model.task) ? sigmasOfShape(labels?.keypointShape) : undefined;
  const keypointSigmas = labels?.keypointSigmas ?? (ofShape && [...ofShape]);
  return {
    rules: {
      ...{ iouThreshold, group: group ?? planned ?? usualGroup, version, like },
      ...(keypointSigmas && { keypointSigmas }),
    },
    confThreshold: confThreshold ?? options.confThreshold,
  };
}

/** @param labels digest of the labels of all images */
export function evaluationIdOf(runId: string, setup: EvaluationSetup, labels: string): string {
  const { rules, confThreshold } = setup;
  const { iouThreshold, group, keypointSigmas } = rules;
  const parts: unknown[] = [runId, iouThreshold, group, rules.version, rules.like];
  parts.push(confThreshold, labels);
  // Without them ids are what they always were.
  if (keypointSigmas !== undefined) parts.push(keypointSigmas);
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

export function isSameSetup(a: EvaluationSetup, b: EvaluationSetup): boolean {
  return evaluationIdOf('', a, '') === evaluationIdOf('', b, '');
}
