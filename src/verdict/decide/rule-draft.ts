import type { RuleOutcome, RuleResult } from '../../report/summary/verdict-schema.ts';
import { type Rule, ruleText } from '../rules/rule.ts';

/** What a rule amounts to, before the rules that chance may explain are looked at together. */
export interface RuleDraft {
  readonly result: Omit<RuleResult, 'images'>;
  /**
   * Of a rule that compares runs: the probability that chance alone gives a change as bad; 1 for one that is not bad. A rule that fails only fails where this
   * stands beside those of the other rules.
   */
  readonly p?: number;
  /** What it is instead where chance may explain it. */
  readonly byChance?: string;
}

export function draft(
  outcome: RuleOutcome,
  sentence: string,
  rest: Omit<RuleResult, 'images' | 'outcome' | 'sentence'>,
): RuleDraft {
  return { result: { ...rest, outcome, sentence } };
}

/** What a result repeats of its rule. */
export function ruleFacts(rule: Rule): Pick<RuleResult, 'rule' | 'name' | 'limit' | 'percent'> {
  const named = { rule: ruleText(rule), ...(rule.name !== undefined && { name: rule.name }) };
  if (rule.kind === 'drift') return named;
  return { ...named, limit: rule.limit, ...(rule.percent && { percent: true }) };
}
