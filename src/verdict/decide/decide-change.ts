import type { Figure } from '../../evaluate/result/figure.ts';
import { fewestGroups } from '../../shared/intervals/grouped-interval.ts';
import { normalTwoSided } from '../../shared/intervals/normal.ts';
import { studentTwoSided } from '../../shared/intervals/student-t.ts';
import { figureChange } from '../change/figure-change.ts';
import type { CheckedRun } from '../figures/checked-run.ts';
import { type Comparison, type FigureRule, holds } from '../rules/rule.ts';
import { type RuleFigure, ruleFigure, sideOf } from './decide-figure.ts';
import { draft, type RuleDraft, ruleFacts } from './rule-draft.ts';
import {
  askedForWords,
  changeWords,
  clauseOf,
  inSentence,
  intervalWords,
  limitWords,
  valueWords,
} from './rule-words.ts';

const z = 1.959963984540054;

/** A difference, run minus baseline, and what is known of its spread. */
interface Change {
  readonly difference: number;
  readonly interval?: readonly [number, number];
  readonly why?: string;
  readonly isCount: boolean;
  /** No chance of sampling moves it: counted, or the same in every group. */
  readonly isCertain: boolean;
  /** Two-sided, that chance gives a difference as far from `null`; absent without a spread. */
  pFrom(null_: number): number | undefined;
}

/**
 * Decides a rule on the change of a figure from a baseline. What chance alone explains never fails: a change for the worse has to be told from no change (from the
 * limit, where improvement is asked for or `decide: interval`), at 5 % over all such rules together.
 */
export function decideChange(
  rule: FigureRule,
  now: CheckedRun,
  before: CheckedRun | undefined,
): RuleDraft {
  const facts = ruleFacts(rule);
  const to = ruleFigure(rule, now);
  const from = before && ruleFigure(rule, before);
  if (before === undefined || to.status === 'absent' || from?.status !== 'found') {
    const { n, of } = to.status === 'found' ? to.figure : to;
    const sentence = `The change of ${rule.figure} cannot be told: ${lackOf(to, from)}`;
    return draft('undecided', sentence, { ...facts, value: null, n, of });
  }
  const change = to.isCount
    ? countedChange(from.figure, to.figure)
    : (evaluatedChange(rule, now, before) ?? summarizedChange(from.figure, to.figure));
  const values = { from: from.figure.value, to: to.figure.value };
  const size = { n: Math.min(to.figure.n, from.figure.n), of: to.figure.of };
  const rest = {
    ...{ ...facts, ...size, value: change.difference, now: values.to, before: values.from },
    ...(change.interval && { interval: [...change.interval] as [number, number] }),
  };
  return decided(rule, change, { ...size, rest, words: wordsOf(rule, change, values) });
}

function lackOf(to: RuleFigure, from: RuleFigure | undefined): string {
  if (from === undefined) return 'there is no baseline to measure it from (--against).';
  if (to.status === 'absent') return to.why;
  return `of the baseline: ${from.status === 'absent' ? from.why : ''}`;
}

interface ChangeFacts {
  readonly rest: Parameters<typeof draft>[2];
  readonly n: number;
  readonly of: Figure['of'];
  readonly words: string;
}

function decided(rule: FigureRule, change: Change, facts: ChangeFacts): RuleDraft {
  const { comparison, limit, percent } = rule;
  const { rest, words } = facts;
  const { difference, isCertain } = change;
  const p = change.pFrom(harmlessOf(rule));
  const isBad = !holds(difference, comparison, limit);
  const compared = p === undefined ? {} : { p: isBad ? p : 1 };
  const wanted = limitWords(comparison, limit, percent);
  const untold = (why: string) => `${words}; whether that is ${wanted} cannot be told: ${why}`;
  const doubt = doubtOf(rule, change, facts) ?? (isBad ? chanceOf(rule, change) : undefined);
  if (doubt !== undefined) return { ...draft('undecided', untold(doubt), rest), ...compared };
  if (!isBad) return { ...draft('pass', `${words}: ${wanted}, as asked.`, rest), ...compared };
  const fails = draft('fail', `${words}, and must be ${wanted}.`, rest);
  if (isCertain) return fails;
  const others = 'beside the other changes that are looked at, chance alone explains it.';
  return { ...fails, ...compared, byChance: untold(others) };
}

/** The change that a worse one has to be told from: none, or the limit where improvement is asked for or whole intervals decide. */
function harmlessOf({ comparison, limit, decide }: FigureRule): number {
  if (decide === 'interval') return limit;
  return isLower(comparison) ? Math.max(0, limit) : Math.min(0, limit);
}

/** The limit is the least that may be. */
function isLower(comparison: Comparison): boolean {
  return comparison === '>=' || comparison === '>';
}

/** Why neither a good nor a bad change could be told. */
function doubtOf(rule: FigureRule, change: Change, { n, of }: ChangeFacts): string | undefined {
  const { decide, min, comparison, limit, percent } = rule;
  const { interval, isCertain, isCount, why } = change;
  if (isCount) return undefined;
  if (n < min) return askedForWords(min, n, of);
  if (decide === 'point' || isCertain) return undefined;
  if (interval === undefined) return why ?? 'it has no interval.';
  if (sideOf(interval, comparison, limit) !== 'both') return undefined;
  return `the limit lies inside the interval, ${intervalWords(interval, percent, limit)}.`;
}

/** Why a bad change proves nothing. */
function chanceOf(rule: FigureRule, { interval, isCertain, why }: Change): string | undefined {
  if (isCertain) return undefined;
  if (interval === undefined) return why ?? 'its spread is unknown.';
  const harmless = harmlessOf(rule);
  const isProof = isLower(rule.comparison) ? interval[1] < harmless : interval[0] > harmless;
  return isProof ? undefined : 'chance alone explains it.';
}

function wordsOf(
  { figure, percent, limit }: FigureRule,
  { difference, interval }: Change,
  { from, to }: { readonly from: number; readonly to: number },
): string {
  const range = interval === undefined ? '' : `${intervalWords(interval, percent, limit)}; `;
  return `The change of ${figure} is ${changeWords(difference, percent, limit)} (${range}from ${valueWords(from, percent, to)} to ${valueWords(to, percent, from)})`;
}

type Valued = Figure & { readonly value: number };

function countedChange(from: Valued, to: Valued): Change {
  return {
    difference: to.value - from.value,
    isCount: true,
    isCertain: true,
    pFrom: () => undefined,
  };
}

/** From the blocks of both evaluations; `undefined` for a figure that they do not have, or a share of what they count. */
function evaluatedChange(
  { figure, percent }: FigureRule,
  now: CheckedRun,
  before: CheckedRun,
): Change | undefined {
  const [to, from] = [now.evaluation, before.evaluation];
  const isBlocked =
    to !== undefined && (to.blocks.ratios[figure] ?? to.blocks.without[figure]) !== undefined;
  if (from === undefined || to === undefined || (percent && !isBlocked)) return undefined;
  const change = figureChange(from, to, figure);
  if (change === undefined) return undefined;
  const { difference, interval, standardError: error, groups, p } = change;
  return {
    difference,
    ...(interval && { interval }),
    ...(change.why !== undefined && { why: clauseOf(change.why) }),
    isCount: false,
    isCertain: error === undefined && isBlocked && groups >= fewestGroups,
    pFrom: (null_) => {
      if (error === undefined) return undefined;
      return null_ === 0 && p !== undefined
        ? p
        : studentTwoSided((difference - null_) / error, groups - 1);
    },
  };
}

/** From the intervals of both figures, as of two runs that have nothing in common: too wide, and so never too sure, where they do. */
function summarizedChange(from: Valued, to: Valued): Change {
  const difference = to.value - from.value;
  const errors = [from, to].map(
    ({ interval }) => interval && (interval[1] - interval[0]) / (2 * z),
  );
  const [one, two] = errors;
  if (one === undefined || two === undefined) {
    const why = inSentence(to.why ?? from.why ?? 'Its spread is unknown');
    return {
      difference,
      why: `${clauseOf(why)}.`,
      isCount: false,
      isCertain: false,
      pFrom: () => undefined,
    };
  }
  const error = Math.hypot(one, two);
  return {
    difference,
    interval: [difference - z * error, difference + z * error],
    isCount: false,
    isCertain: false,
    pFrom: (null_) => (error > 0 ? normalTwoSided((difference - null_) / error) : undefined),
  };
}
