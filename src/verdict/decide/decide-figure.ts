import type { Figure } from '../../evaluate/result/figure.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import type { CheckedRun } from '../figures/checked-run.ts';
import type { RunFigure } from '../figures/run-figure.ts';
import { unknownFigureError } from '../rules/known-rules.ts';
import { type Comparison, type FigureRule, holds } from '../rules/rule.ts';
import { draft, type RuleDraft, ruleFacts } from './rule-draft.ts';
import {
  askedForWords,
  clauseOf,
  intervalWords,
  limitWords,
  nWords,
  valueWords,
} from './rule-words.ts';

/** What a rule compares with its limit. */
export type RuleFigure =
  | {
      readonly status: 'found';
      readonly figure: Figure & { readonly value: number };
      /** Known for sure, whatever stands behind it. */
      readonly isCount: boolean;
    }
  | {
      readonly status: 'absent';
      readonly why: string;
      readonly n: number;
      readonly of: Figure['of'];
    };

/**
 * The figure that a rule means in a run.
 *
 * @throws EigenfleetError `usage` for a name that no run has, and for a limit that the figure cannot be compared with.
 */
export function ruleFigure(rule: FigureRule, { figures }: CheckedRun): RuleFigure {
  const found = figures.find(rule.figure);
  if (found.status === 'unknown') throw unknownFigureError(rule, found.hint);
  if (found.status === 'absent') return { status: 'absent', why: found.why, n: 0, of: 'images' };
  const isCount = found.figure.counts === true && !rule.percent;
  const { value, ...figure } = comparedFigure(rule, found.figure);
  if (value !== null) return { status: 'found', figure: { ...figure, value }, isCount };
  return { status: 'absent', why: figure.why ?? 'It has no value.', n: figure.n, of: figure.of };
}

function comparedFigure(
  { where, figure: name, limit, percent, change }: FigureRule,
  figure: RunFigure,
): Figure {
  if (figure.counts === undefined) return figure;
  if (percent && figure.share !== undefined) return figure.share;
  if (percent) {
    throw new EigenfleetError(
      'usage',
      `${where}: "${name}" counts all ${figure.of}, which are a share of nothing. Write a whole number.`,
    );
  }
  if (!change && limit !== 0 && Math.abs(limit) < 1) {
    throw new EigenfleetError(
      'usage',
      `${where}: "${name}" counts ${figure.of}, so ${limit} of them means nothing. Write ${valueWords(limit, true).replace('\u00a0', '')} for a share, or a whole number.`,
    );
  }
  return figure;
}

/** Decides a rule on a figure of one run. */
export function decideFigure(rule: FigureRule, run: CheckedRun): RuleDraft {
  const found = ruleFigure(rule, run);
  const facts = ruleFacts(rule);
  if (found.status === 'absent') {
    const { why, n, of } = found;
    return draft('undecided', `${rule.figure} cannot be told: ${clauseOf(why)}`, {
      ...facts,
      value: null,
      n,
      of,
    });
  }
  const { figure, isCount } = found;
  const { value, n, of, interval } = figure;
  const rest = { ...facts, value, n, of, ...(interval && { interval }) };
  const wanted = limitWords(rule.comparison, rule.limit, rule.percent);
  const is = `${rule.figure} is ${figureWords(figure, rule, isCount)}`;
  const decided = decisionOf(rule, figure, isCount);
  if (decided.outcome === 'undecided') {
    const untold = `${is}; whether it is ${wanted} cannot be told: ${clauseOf(decided.why)}`;
    return draft('undecided', untold, rest);
  }
  const says =
    decided.outcome === 'pass' ? `${is}: ${wanted}, as asked.` : `${is}, and must be ${wanted}.`;
  return draft(decided.outcome, says, rest);
}

export type Decision =
  | { readonly outcome: 'pass' | 'fail' }
  | { readonly outcome: 'undecided'; readonly why: string };

/** By the figure or by its whole interval, as the rule says; what is counted is known for sure. */
export function decisionOf(
  { decide, min, comparison, limit, percent }: FigureRule,
  { value, n, of, interval, why }: Figure & { readonly value: number },
  isCount: boolean,
): Decision {
  if (!isCount && n < min) {
    return { outcome: 'undecided', why: askedForWords(min, n, of) };
  }
  if (isCount || decide === 'point') {
    return { outcome: holds(value, comparison, limit) ? 'pass' : 'fail' };
  }
  if (interval === undefined) return { outcome: 'undecided', why: why ?? 'it has no interval.' };
  const side = sideOf(interval, comparison, limit);
  if (side !== 'both') return { outcome: side };
  return {
    outcome: 'undecided',
    why: `the limit lies inside the interval, ${intervalWords(interval, percent, limit)}.`,
  };
}

/** Whether a whole interval holds, fails, or has parts that do either. */
export function sideOf(
  [low, high]: readonly [number, number],
  comparison: Comparison,
  limit: number,
): 'pass' | 'fail' | 'both' {
  const [first, last] = [low, high].map((end) => holds(end, comparison, limit));
  if (first !== last) return 'both';
  return first ? 'pass' : 'fail';
}

function figureWords(
  { value, n, of, interval }: Figure & { readonly value: number },
  { percent, limit }: FigureRule,
  isCount: boolean,
): string {
  const words = valueWords(value, percent, limit);
  if (isCount) return words;
  const range = interval === undefined ? '' : `${intervalWords(interval, percent, limit)}; `;
  return `${words} (${range}${nWords(n, of)})`;
}
