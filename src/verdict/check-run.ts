import { usualGroup } from '../evaluate/merge/evaluation-setup.ts';
import type { Evaluation } from '../evaluate/result/evaluation.ts';
import type { Verdict } from '../report/summary/verdict-schema.ts';
import { type DriftFindings, nothingTested } from './decide/decide-drift.ts';
import { decideRules } from './decide/decide-rules.ts';
import { withRuleImages } from './decide/rule-images.ts';
import type { Drift } from './drift/drift.ts';
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
  /** How often chance alone may fail the check by its comparisons with `against`, all together; 0.05 when absent. */
  readonly alpha?: number | undefined;
  /** The images that drift is tested on; all of the run when absent. */
  readonly tested?: TestedImages | undefined;
}

/** Some images of a run, such as those that are new in it. */
export interface TestedImages {
  readonly count: number;
  /** By key; of a great many a fair part may be enough, and the others are as if not there. */
  has(key: string): boolean;
}

export interface RunCheck {
  readonly verdict: Verdict;
  /** Whose figures of labels were looked at. */
  readonly evaluation: Evaluation | undefined;
  /** Its summary and its figures. */
  readonly run: CheckedRun;
}

/**
 * Holds a finished run against rules; writes nothing. Drift is only measured where a rule asks for it: that reads the rows of both runs.
 *
 * @throws EigenfleetError `usage` for a figure that no run has, `incomplete` for a run that is not finished, `storage` for one that cannot be read.
 */
export async function checkRun(request: CheckRequest): Promise<RunCheck> {
  const { run, against, rules, alpha } = request;
  const now = await readCheckedRun(run);
  const before = against && (await readCheckedRun(against));
  const drift = before && (await driftOf(request, now, before));
  const decided = decideRules({ rules, now, before, drift, alpha });
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
  return { verdict, evaluation: now.evaluation, run: now };
}

/** `undefined` where nothing is compared: no rule asks for it, or there is no baseline. */
async function driftOf(
  { run, against, rules, alpha, tested }: CheckRequest,
  now: CheckedRun,
  before: CheckedRun,
): Promise<(DriftFindings & Pick<Drift, 'measures'>) | undefined> {
  if (against === undefined || !rules.some(({ kind }) => kind === 'drift')) return undefined;
  if (tested?.count === 0) return { ...nothingTested, measures: [] };
  const group = now.evaluation?.rules.group ?? usualGroup;
  const scope = { falseDiscoveryRate: alpha, includes: tested?.has.bind(tested) };
  const drift = await driftBetween(drifted(against, before), drifted(run, now), group, scope);
  return tested === undefined ? drift : { ...drift, tested: tested.count };
}

function drifted({ store, runId }: RunPlace, { summary }: CheckedRun): DriftedRun {
  return { store, runId, modelSha256: summary.model.sha256 };
}
