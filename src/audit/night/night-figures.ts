import type { Verdict } from '../../report/summary/verdict-schema.ts';
import type { CheckedRun } from '../../verdict/figures/checked-run.ts';
import type { Rule } from '../../verdict/rules/rule.ts';
import type { Night } from './night.ts';

/** What a history is drawn of, where a run has it. */
const kept: readonly string[] = [
  ...['map50', 'map50_95', 'mask_map50', 'mask_map50_95', 'pose_map50', 'pose_map50_95'],
  ...['top1', 'top5', 'precision', 'recall', 'f1', 'lift', 'pointed', 'looked_at_misses'],
  ...['images', 'explained', 'failed', 'flagged', 'objects'],
];

/** How many measures drifted, of a night that was tested for it; `null` where that could not be told. */
export const driftFigure = 'drift';

/** Figures of a night by the names of rules: the usual ones that there are, and all that its rules name. */
export function nightFigures(
  { figures }: CheckedRun,
  rules: readonly Rule[],
  verdict: Pick<Verdict, 'rules'> | undefined,
): NonNullable<Night['figures']> {
  const named = rules.flatMap((rule) => (rule.kind === 'figure' ? [rule.figure] : []));
  const found: Record<string, number | null> = {};
  for (const name of new Set([...kept, ...named])) {
    const one = figures.find(name);
    if (one.status === 'found') found[name] = one.figure.value;
    else if (named.includes(name)) found[name] = null;
  }
  const drift = rules.findIndex(({ kind }) => kind === 'drift');
  const result = drift < 0 ? undefined : verdict?.rules[drift];
  if (result !== undefined) found[driftFigure] = result.value;
  return found;
}
