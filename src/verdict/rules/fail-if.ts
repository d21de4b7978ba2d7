import { EigenfleetError } from '../../shared/errors.ts';
import { parseCondition } from './parse-condition.ts';
import { opposite, type Rule, type RuleDefaults } from './rule.ts';

/**
 * Reads one `--fail-if`: what must not be. `recall.Platelets<0.7` is the rule `recall.Platelets >= 0.7`; `drift` is `drift: none`.
 *
 * @throws EigenfleetError `usage` for what is not a condition.
 */
export function parseFailIf(text: string, defaults: RuleDefaults): Rule {
  const where = `--fail-if ${JSON.stringify(text)}`;
  const parsed = parseCondition(text);
  if (parsed.status === 'wrong') {
    const fault = parsed.fault
      .replace('"recall >= 0.7" or "failed <= 5%"', '"recall<0.7" or "failed>5%"')
      .replace('>= or <=', '< or >');
    throw new EigenfleetError('usage', `${where} ${fault}`);
  }
  if (parsed.status === 'drift') {
    return { kind: 'drift', where, ...(parsed.of !== undefined && { of: parsed.of }) };
  }
  const { condition } = parsed;
  return {
    kind: 'figure',
    where,
    ...condition,
    ...defaults,
    comparison: opposite[condition.comparison],
  };
}
