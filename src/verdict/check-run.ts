import { usualGroup } from '../evaluate/merge/evaluation-setup.ts';
import type { Evaluation } from '../evaluate/result/evaluation.ts';
import type { Verdict } from '../report/summary/verdict-schema.ts';
import { decideRules } from './decide/decide-rules.ts';
import { withRuleImages } from './decide/rule-images.ts';
import { type DriftedRun, driftBetween } from './drift/drift-between.ts';
import type { CheckedRun } from './figures/checked-run.ts';
import { type RunPlace, readCheckedRun } from './figures/read-checked-run.ts';
import type { Rule } from './rules/rule.ts';

export interface CheckRequest {
  readonly run: RunPlace;
  /** What changes are measured from. */
  readonly against?: RunPlace | undefined;
  /** One at least. */
  readonly rules: readonly Rule[];
}

export interface RunCheck {
  readonly verdict: Verdict;
  /** Whose figures of labels were looked at. */
  readonly evaluation: Evaluation | undefined;
}

/**
 * Holds a finished run against rules; writes nothing. Drift is only measured where a rule asks for it: that reads the rows of both runs.
 *
 * @throws EigenfleetError `usage` for a figure that no run has, `incomplete` for a run that is not finished, `storage` for one that cannot be read.
 */
export async function checkRun({ run, against, rules }: CheckRequest): Promise<RunCheck> {
  const now = await readCheckedRun(run);
  const before = against && (await readCheckedRun(against));
  const isDrift = rules.some(({ kind }) => kind === 'drift');
  const group = now.evaluation?.rules.group ?? usualGroup;
  const drift =
    isDrift && before && against
      ? await driftBetween(drifted(against, before), drifted(run, now), group)
      : undefined;
  const decided = decideRules({ rules, now, before, drift });
  const images = { rules, results: decided.rules, place: run, run: now, drift };
  const verdict: Verdict = {
    schema: 'verdict@1',
    runId: run.runId,
    ...(now.evaluation && { evaluationId: now.evaluation.evaluationId }),
    ...(against && { against: { runId: against.runId, out: against.store.uri } }),
    outcome: decided.outcome,
    sentence: decided.sentence,
    counts: decided.counts,
    rules: await withRuleImages(images),
  };
  return { verdict, evaluation: now.evaluation };
}

function drifted({ store, runId }: RunPlace, { summary }: CheckedRun): DriftedRun {
  return { store, runId, modelSha256: summary.model.sha256 };
}
