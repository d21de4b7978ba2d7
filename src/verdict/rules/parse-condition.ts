import type { Comparison, Condition } from './rule.ts';

export type ParsedCondition =
  | { readonly status: 'parsed'; readonly condition: Condition }
  | { readonly status: 'drift'; readonly of: readonly string[] | undefined }
  /** `fault` completes the name of the place; `at`: the character it is about, from 0. */
  | { readonly status: 'wrong'; readonly fault: string; readonly at: number };

const spellings: Readonly<Record<string, Comparison>> = {
  '>=': '>=',
  '=>': '>=',
  '≥': '>=',
  'at least': '>=',
  '<=': '<=',
  '=<': '<=',
  '≤': '<=',
  'at most': '<=',
  '>': '>',
  above: '>',
  '<': '<',
  below: '<',
};

/** The last comparison counts: a class may be called "a < b". */
const form =
  /^(.*?)\s*(>=|=>|<=|=<|≥|≤|>|<|==|=|\bat least\b|\bat most\b|\babove\b|\bbelow\b)\s*([^<>=≤≥]*)$/s;
/** A limit before what comes next: no class is called that. */
const twoRules =
  /(?:[<>=≤≥]|\bat least\b|\bat most\b|\babove\b|\bbelow\b)\s*[-+]?[\d.]+\s*%?\s*(?:[,;&|]|and\b|or\b)/i;
const number = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;
const example = 'write a figure, >= or <=, and a number, such as "recall >= 0.7" or "failed <= 5%"';

/** Reads `recall.Platelets >= 0.7`, `change of map50 >= -0.02`, `failed <= 5%`, `drift` and `drift of sharpness`. */
export function parseCondition(text: string): ParsedCondition {
  const drift = /^\s*drift(?:\s+of\s+(.+?))?\s*$/s.exec(text);
  if (drift !== null)
    return { status: 'drift', of: drift[1] === undefined ? undefined : listOf(drift[1]) };
  const match = form.exec(text.trim());
  if (match === null) return { status: 'wrong', fault: `is not a rule: ${example}.`, at: 0 };
  const [, left = '', sign = '', right = ''] = match;
  const comparison = spellings[sign];
  const at = text.indexOf(sign, text.indexOf(left) + left.length);
  if (comparison === undefined) {
    return {
      status: 'wrong',
      fault: `compares with "${sign}": a measured figure is never exactly equal, so ${example}.`,
      at,
    };
  }
  const value = parseLimit(right);
  if (value === undefined) {
    const fault = `compares with ${right === '' ? 'nothing' : `"${right.trim()}"`}, which is not a number: ${example}.`;
    return { status: 'wrong', fault, at: at + sign.length };
  }
  if (twoRules.test(left)) {
    return { status: 'wrong', fault: 'is two rules: write each on a line of its own.', at: 0 };
  }
  const subject = parseFigure(left);
  if (subject.figure === '')
    return { status: 'wrong', fault: `names no figure: ${example}.`, at: 0 };
  return { status: 'parsed', condition: { ...subject, comparison, ...value } };
}

/** `change of map50` -> the figure, and that its change is meant. */
export function parseFigure(text: string): Pick<Condition, 'figure' | 'change'> {
  const match = /^\s*change of\s+(.*)$/is.exec(text);
  return { figure: (match?.[1] ?? text).trim(), change: match !== null };
}

/** `5%` -> 0.05, as percent. */
export function parseLimit(
  text: string | number,
): Pick<Condition, 'limit' | 'percent'> | undefined {
  if (typeof text === 'number')
    return Number.isFinite(text) ? { limit: text, percent: false } : undefined;
  const match = /^(.*?)\s*(%?)$/s.exec(text.trim());
  const [, digits = '', sign] = match ?? [];
  if (!number.test(digits)) return undefined;
  const percent = sign === '%';
  // Through text: 7 / 100 is 0.07, and 0.07 * 100 is not 7.
  return { limit: percent ? Number(`${Number(digits)}e-2`) : Number(digits), percent };
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}
