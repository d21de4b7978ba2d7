import { z } from 'zod';
import { type YamlKind, YamlSource } from '../../shared/settings/yaml-source.ts';
import { parseCondition, parseFigure, parseLimit } from './parse-condition.ts';
import {
  type Comparison,
  type Condition,
  type DecisionMode,
  decisionModes,
  type Rule,
  type RuleDefaults,
  ruleDefaults,
} from './rule.ts';

const limit = z.union([z.number(), z.string()]);
const decide = z.enum(decisionModes, { error: 'must be point or interval' });
const min = z.int({ error: 'must be a whole number' }).min(1, 'must be 1 or more');
const none = z.literal('none', { error: 'must be none: it says that nothing may have drifted' });

const details = { name: z.string().min(1), min, decide };

const figureRule = z
  .strictObject({
    figure: z.string({ error: 'must name a figure, such as recall.Platelets' }).min(1),
    'at least': limit,
    'at most': limit,
    above: limit,
    below: limit,
    ...details,
  })
  .partial();

const writtenRule = z.union([z.string(), z.record(z.string(), z.unknown())], {
  error: 'must be a rule, such as "recall >= 0.7"',
});

const rulesFile = z.strictObject({
  decide: decide.optional(),
  min: min.optional(),
  rules: z
    .array(writtenRule, { error: 'must be a list of rules, one a line, such as "- recall >= 0.7"' })
    .min(1, 'is empty: write one rule a line, such as "- recall >= 0.7"'),
});

const comparisonOf: Readonly<Record<string, Comparison>> = {
  'at least': '>=',
  'at most': '<=',
  above: '>',
  below: '<',
};

const kind: YamlKind = {
  quotes: 'A rule with ": ", "{" or "#" in it needs quotes.',
  empty: 'holds no rules: write "rules:" and below it one rule a line, such as "- recall >= 0.7".',
};

const keysOfFile = ['decide', 'min', 'rules'];
const keysOfRule = ['figure', ...Object.keys(comparisonOf), 'name', 'min', 'decide'];

/**
 * Reads the text of a rules file.
 *
 * @param fileName What errors call it.
 * @throws EigenfleetError `usage`: the file, line and column, what is wrong there, and what to write instead.
 */
export function parseRules(text: string, fileName: string): Rule[] {
  const source = new YamlSource(text, fileName, kind);
  const parsed = rulesFile.safeParse(source.value);
  if (!parsed.success) throw source.wrong(parsed.error, [], keysOfFile);
  const { rules, ...said } = parsed.data;
  const defaults: FileDefaults = {
    decide: said.decide ?? ruleDefaults.decide,
    ...(said.min !== undefined && { min: said.min }),
  };
  return rules.map((rule, index) => ruleOf(rule, { source, path: ['rules', index], defaults }));
}

interface FileDefaults {
  readonly decide: DecisionMode;
  /** Only where it is written. */
  readonly min?: number | undefined;
}

interface RulePlace {
  readonly source: YamlSource;
  readonly path: readonly PropertyKey[];
  readonly defaults: FileDefaults;
}

function ruleOf(rule: string | Readonly<Record<string, unknown>>, place: RulePlace): Rule {
  const { source, path, defaults } = place;
  const where = source.placeOf(path);
  if (typeof rule === 'string') {
    const parsed = parseCondition(rule);
    if (parsed.status === 'parsed')
      return { kind: 'figure', where, ...parsed.condition, ...decidedBy(defaults) };
    if (parsed.status === 'drift')
      throw source.fault(path, `${JSON.stringify(rule)} lacks its value: write "drift: none".`);
    throw source.fault(path, `${JSON.stringify(rule)} ${parsed.fault}`, parsed.at);
  }
  return driftRule(rule, place) ?? detailedRule(rule, place);
}

/** `drift: none`, `drift of sharpness: none`. */
function driftRule(
  rule: Readonly<Record<string, unknown>>,
  { source, path }: RulePlace,
): Rule | undefined {
  const key = Object.keys(rule).find((name) => parseCondition(name).status === 'drift');
  if (key === undefined) return undefined;
  const shape = z.strictObject({ [key]: none, name: details.name.optional() });
  const parsed = shape.safeParse(rule);
  if (!parsed.success) throw source.wrong(parsed.error, path, keysOfRule);
  const drift = parseCondition(key);
  const of = drift.status === 'drift' ? drift.of : undefined;
  const { name } = parsed.data as { name?: string };
  return {
    kind: 'drift',
    where: source.placeOf(path),
    ...(of && { of }),
    ...(name !== undefined && { name }),
  };
}

function detailedRule(
  rule: Readonly<Record<string, unknown>>,
  { source, path, defaults }: RulePlace,
): Rule {
  const [[key, value] = ['', undefined], ...more] = Object.entries(rule);
  if (more.length === 0 && !keysOfRule.includes(key) && isLimit(value)) {
    const ways = `write "${key} >= ${value}" or "${key} <= ${value}"`;
    throw source.fault(path, `"${key}: ${value}" does not say how to compare: ${ways}.`);
  }
  const parsed = figureRule.safeParse(rule);
  if (!parsed.success) throw source.wrong(parsed.error, path, keysOfRule);
  const { figure: said, name, decide, min } = parsed.data;
  if (said === undefined) {
    throw source.fault(
      path,
      'names no figure: write "figure: recall.Platelets", or the whole rule as "recall.Platelets >= 0.7".',
    );
  }
  const condition: Condition = { ...parseFigure(said), ...limitOf(rule, { source, path }) };
  return {
    kind: 'figure',
    where: source.placeOf(path),
    ...condition,
    ...decidedBy({
      decide: decide ?? defaults.decide,
      min: min ?? defaults.min,
    }),
    ...(name !== undefined && { name }),
  };
}

function isLimit(value: unknown): value is string | number {
  const isText = typeof value === 'number' || typeof value === 'string';
  return isText && parseLimit(value) !== undefined;
}

/** An interval says by its width how much stands behind a figure, so a minimum counts there only where it is written. */
function decidedBy({ decide, min }: FileDefaults): RuleDefaults {
  return { decide, min: min ?? (decide === 'interval' ? 1 : ruleDefaults.min) };
}

function limitOf(
  rule: Readonly<Record<string, unknown>>,
  { source, path }: Pick<RulePlace, 'source' | 'path'>,
): Pick<Condition, 'comparison' | 'limit' | 'percent'> {
  const [key, ...more] = Object.keys(comparisonOf).filter((one) => one in rule);
  if (key === undefined || more.length > 0) {
    const has = key === undefined ? 'has no limit' : `has ${[key, ...more].join(' and ')}`;
    const choice = Object.keys(comparisonOf).map((one) => `"${one}: ..."`);
    throw source.fault(path, `${has}: give one of ${choice.join(', ')}.`);
  }
  const value = parseLimit(rule[key] as string | number);
  if (value !== undefined) return { ...value, comparison: comparisonOf[key] as Comparison };
  const said = JSON.stringify(rule[key]);
  throw source.fault([...path, key], `${said} is not a number or a percentage, such as 0.7 or 5%.`);
}
