import type { ComparedRunInfo, ComparisonStep } from '../compare/comparison.ts';

/** "epoch20 → final" */
export function stepName(
  runs: readonly ComparedRunInfo[],
  { from, to }: Pick<ComparisonStep, 'from' | 'to'>,
): string {
  return `${runs[from]?.label} \u2192 ${runs[to]?.label}`;
}
