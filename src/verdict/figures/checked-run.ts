import type { Evaluation } from '../../evaluate/result/evaluation.ts';
import type { Summary } from '../../report/summary/summary-schema.ts';
import { RunFigures } from './run-figures.ts';

/** A run as rules see it: what is stored of its summary and its evaluation. */
export interface CheckedRun {
  readonly summary: Summary;
  readonly evaluation: Evaluation | undefined;
  readonly figures: RunFigures;
}

export function checkedRun(summary: Summary, evaluation: Evaluation | undefined): CheckedRun {
  return { summary, evaluation, figures: new RunFigures(summary, evaluation) };
}
