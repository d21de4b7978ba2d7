import type { RuleOutcome, RuleResult, Verdict } from '../../report/summary/verdict-schema.ts';
import { counted, listedSome } from '../../report/words/wording.ts';
import type { CheckedRun } from '../figures/checked-run.ts';
import type { Rule } from '../rules/rule.ts';
import { benjaminiHochberg } from '../tests/benjamini-hochberg.ts';
import { decideChange } from './decide-change.ts';
import { type DriftFindings, decideDrift } from './decide-drift.ts';
import { decideFigure } from './decide-figure.ts';
import type { RuleDraft } from './rule-draft.ts';

/** Chance alone lets a check that compares two runs fail in at most so many of a hundred, unless another rate is asked for. */
const usualAlpha = 0.05;

/** Rules that a sentence names. */
const mostNamed = 3;

export interface RulesInput {
  readonly rules: readonly Rule[];
  readonly now: CheckedRun;
  readonly before?: CheckedRun | undefined;
  readonly drift?: DriftFindings | undefined;
  /** How often chance alone may fail them by their comparisons, all together; 0.05 when absent. */
  readonly alpha?: number | undefined;
}

/** What rules amount to, without the images behind them. */
export interface DecidedRules extends Pick<Verdict, 'outcome' | 'sentence' | 'counts'> {
  readonly rules: readonly Omit<RuleResult, 'images'>[];
}

/**
 * Decides all rules. Those that compare two runs are looked at together: a change that chance may explain beside the others (Benjamini, Hochberg 1995, at `alpha`) fails
 * nothing. A failed rule decides over an undecided one, and that over those that pass; a run that is not whole passes nothing.
 *
 * @throws EigenfleetError `usage` for a figure that no run has.
 */
export function decideRules(input: RulesInput): DecidedRules {
  const { rules, now, before, drift, alpha = usualAlpha } = input;
  const drafts = rules.map((rule) => {
    if (rule.kind === 'drift') return decideDrift(rule, drift);
    return rule.change ? decideChange(rule, now, before) : decideFigure(rule, now);
  });
  const results = beyondChance(drafts, alpha);
  const counts = { pass: 0, fail: 0, undecided: 0 };
  for (const { outcome } of results) counts[outcome]++;
  const lack = counts.fail + counts.undecided === 0 ? lackOf(now) : undefined;
  if (lack !== undefined) {
    const sentence = `${all(results.length)} for what is there, but the run is not whole: ${lack}.`;
    return { outcome: 'undecided', sentence, counts, rules: results };
  }
  return {
    outcome: overall(counts),
    sentence: sentenceOf(results, counts),
    counts,
    rules: results,
  };
}

function beyondChance(drafts: readonly RuleDraft[], alpha: number): Omit<RuleResult, 'images'>[] {
  const compared = drafts.filter(({ p }) => p !== undefined);
  const adjusted = benjaminiHochberg(compared.map(({ p }) => p ?? 1));
  return drafts.map((one) => {
    const { result, byChance } = one;
    const p = adjusted[compared.indexOf(one)];
    if (result.outcome !== 'fail' || byChance === undefined || p === undefined) return result;
    return p <= alpha ? result : { ...result, outcome: 'undecided', sentence: byChance };
  });
}

function overall({ fail, undecided }: Verdict['counts']): RuleOutcome {
  if (fail > 0) return 'fail';
  return undecided > 0 ? 'undecided' : 'pass';
}

function sentenceOf(
  results: readonly Omit<RuleResult, 'images'>[],
  counts: Verdict['counts'],
): string {
  const of = results.length;
  const named = (outcome: RuleOutcome) => {
    const rules = results
      .filter((one) => one.outcome === outcome)
      .map(({ rule, name }) => name ?? rule);
    return listedSome(rules, mostNamed);
  };
  const { fail, undecided } = counts;
  const untold = `${counted(undecided, 'rule')} could not be decided`;
  if (fail > 0)
    return `${fail} of ${counted(of, 'rule')} failed: ${named('fail')}.${undecided > 0 ? ` ${untold}.` : ''}`;
  if (undecided > 0)
    return `${untold}: ${named('undecided')}.${undecided < of ? ' The others hold.' : ''}`;
  return `${all(of)}.`;
}

function all(rules: number): string {
  if (rules === 1) return 'The one rule holds';
  return rules === 2 ? 'Both rules hold' : `All ${rules} rules hold`;
}

/** What a run lacks that its figures do not know of. */
function lackOf({ summary }: CheckedRun): string | undefined {
  const { failedShards, unreadable, manifestFault } = summary;
  if (failedShards.length > 0) return `${counted(failedShards.length, 'shard')} failed for good`;
  if (unreadable !== undefined) return `${counted(unreadable.rows, 'stored row')} cannot be read`;
  return manifestFault === undefined
    ? undefined
    : 'its list of images is not the one that was planned';
}
