/** How a figure is held against a limit. */
export const comparisons = ['>=', '<=', '>', '<'] as const;
export type Comparison = (typeof comparisons)[number];

/** `point`: by the figure itself, where enough stands behind it. `interval`: only where the whole interval is on one side. */
export const decisionModes = ['point', 'interval'] as const;
export type DecisionMode = (typeof decisionModes)[number];

/** What must hold: a figure, or its change from the baseline, and a limit. */
export interface Condition {
  readonly figure: string;
  /** Run minus baseline. */
  readonly change: boolean;
  readonly comparison: Comparison;
  /** A share where `percent`: 5 % is 0.05. */
  readonly limit: number;
  readonly percent: boolean;
}

interface RuleBase {
  /** Where it is written, for what is found wrong later: `rules.yaml:4:5`, `--fail-if "..."`. */
  readonly where: string;
  readonly name?: string;
}

export interface FigureRule extends RuleBase, Condition {
  readonly kind: 'figure';
  readonly decide: DecisionMode;
  /** Objects or images that must stand behind the figure, unless it counts. */
  readonly min: number;
}

/** That the images and what was measured on them are as in the baseline. */
export interface DriftRule extends RuleBase {
  readonly kind: 'drift';
  /** The measures meant: columns, or `brightness` and such. All of them when absent. */
  readonly of?: readonly string[];
}

export type Rule = FigureRule | DriftRule;

export interface RuleDefaults {
  readonly decide: DecisionMode;
  readonly min: number;
}

/** Thirty, of rules that decide by the figure itself: below it, one object more or less moves a share by more than 3 points. */
export const ruleDefaults: RuleDefaults = { decide: 'point', min: 30 };

/** The condition that holds where this one does not. */
export const opposite: Readonly<Record<Comparison, Comparison>> = {
  '>=': '<',
  '<=': '>',
  '>': '<=',
  '<': '>=',
};

/** A rule as a person would write it. */
export function ruleText(rule: Rule): string {
  if (rule.kind === 'drift') {
    return rule.of === undefined ? 'drift: none' : `drift of ${rule.of.join(', ')}: none`;
  }
  const { figure, change, comparison, limit, percent } = rule;
  const value = percent ? `${Number((limit * 100).toPrecision(12))}%` : String(limit);
  return `${change ? 'change of ' : ''}${figure} ${comparison} ${value}`;
}

export function holds(value: number, comparison: Comparison, limit: number): boolean {
  if (comparison === '>=') return value >= limit;
  if (comparison === '<=') return value <= limit;
  return comparison === '>' ? value > limit : value < limit;
}
