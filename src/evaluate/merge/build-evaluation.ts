import type { RunSpec } from '../../shared/run/run-spec.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import type { Evaluation } from '../result/evaluation.ts';
import { classificationEvaluation } from './classification-evaluation.ts';
import { detectionEvaluation } from './detection-evaluation.ts';
import { evaluationFigures } from './evaluation-figures.ts';
import { type EvaluationSetup, evaluationIdOf } from './evaluation-setup.ts';
import type { EvaluationSums } from './evaluation-sums.ts';
import { candidateOrigin } from './precision-origin.ts';
import { RatioBook } from './ratio-figures.ts';

export interface EvaluationRequest {
  readonly spec: Pick<RunSpec, 'runId' | 'model' | 'options'>;
  readonly setup: EvaluationSetup;
  /** Of all shards. */
  readonly sums: EvaluationSums;
  /** Where the labels come from, for people. */
  readonly source: string;
  readonly objects: Evaluation['objects'];
}

/** Turns the sums of a run into its evaluation. Pure: equal sums give equal bytes. */
export function buildEvaluation(request: EvaluationRequest): Evaluation {
  const { spec, setup, sums, source, objects } = request;
  const { runId, model } = spec;
  const { rules, confThreshold } = setup;
  const book = new RatioBook();
  const blocks = sums.blocks.names;
  const without: Record<string, number[]> = {};
  const candidates = candidateOrigin(spec, confThreshold);
  const asked = {
    ...{ sums, blocks, book, without, candidates },
    ...{ classNames: model.classNames, confThreshold },
  };
  const { classifies } = traitsOf(model.task);
  const judged = classifies
    ? { classification: classificationEvaluation(asked) }
    : { detection: detectionEvaluation(asked) };
  const digest = sums.labelDigest;
  const { labeled, background, unusable, failed, objects: labels, changed } = sums.counts;
  const images = labeled + background;
  return {
    schema: 'evaluation@1',
    evaluationId: evaluationIdOf(runId, setup, digest),
    ...{ runId, rules, confThreshold },
    labels: {
      ...{ digest, source, labeled, background, unusable, failed, objects: labels },
      ...(changed > 0 && { changed }),
    },
    groups: { by: rules.group, count: rules.group === 'image' ? images : sums.blocks.count },
    objects,
    ...judged,
    blocks: {
      hashed: sums.blocks.hashed,
      names: blocks,
      images: sums.tallies.of('images', blocks),
      ratios: book.ratios,
      without,
    },
    figures: evaluationFigures(judged),
  };
}
