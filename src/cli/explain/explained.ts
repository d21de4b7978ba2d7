import { sampleColumns } from '../../shared/catalog/measure-column.ts';
import type { ExplainedSample } from '../../worker/explain/explainer.ts';

/** An image that was explained. */
export type Explained = Extract<ExplainedSample, { status: 'success' }>;

/** False for a model of which only the layers are explained: it found neither objects nor none. */
export function answerIsRead({ classScores, measures }: Explained): boolean {
  return classScores.length > 0 || measures[sampleColumns.detections] !== undefined;
}
