import { EigenfleetError } from '../../shared/errors.ts';
import type { ExplainOptions } from '../../shared/run/run-spec.ts';
import { type HeadLayout, headOf } from './heads.ts';

interface HeadedModel {
  readonly name: string;
  readonly headLayout: HeadLayout;
}

/**
 * Options with it settled whether candidates are kept: where that was not said, they are where the images have labels and the model finds objects. Off is left out, as a run
 * without labels has it.
 *
 * @throws EigenfleetError `usage` when they are asked of a model that finds no objects.
 */
export function withCandidates(
  { candidates: said, ...options }: ExplainOptions,
  { name, headLayout }: HeadedModel,
  hasLabels: boolean,
): ExplainOptions {
  const hasObjects = headOf(headLayout).candidates !== undefined;
  if (said && !hasObjects) {
    throw new EigenfleetError(
      'usage',
      `--candidates keeps boxes for average precision, and ${name} finds none: drop it.`,
    );
  }
  return (said ?? (hasLabels && hasObjects)) ? { ...options, candidates: true } : options;
}
