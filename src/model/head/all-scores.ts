import { EigenfleetError } from '../../shared/errors.ts';
import type { ExplainOptions } from '../../shared/run/run-spec.ts';
import type { UltralyticsMetadata } from '../metadata/ultralytics-metadata.ts';
import { type HeadLayout, headOf } from './heads.ts';

interface HeadedModel {
  readonly name: string;
  readonly headLayout: HeadLayout;
  readonly metadata: UltralyticsMetadata;
}

/** @throws EigenfleetError `usage` when all class scores are asked of a model whose answer has only the best of each box. */
export function assertAllScores(
  { allScores }: Pick<ExplainOptions, 'allScores'>,
  { model }: { readonly model: HeadedModel },
): void {
  const { name, headLayout, metadata } = model;
  if (!allScores || headOf(headLayout).hasAllScores?.(metadata)) return;
  throw new EigenfleetError(
    'usage',
    `--all-scores needs the scores of every class, and ${name} answers with at most one class a box: drop it, or export the model again without "nms=True".`,
  );
}
