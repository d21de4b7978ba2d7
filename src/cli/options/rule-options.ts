import type { Command } from 'commander';
import { EigenfleetError } from '../../shared/errors.ts';
import { filePlace, readTextFrom } from '../../shared/storage/file-place.ts';
import type { StoreOptions } from '../../shared/storage/open-store.ts';
import { parseFailIf } from '../../verdict/rules/fail-if.ts';
import { parseRules } from '../../verdict/rules/parse-rules.ts';
import { type Rule, ruleDefaults } from '../../verdict/rules/rule.ts';

/** What a person says of rules. */
export interface SaidRules {
  readonly rules?: string | undefined;
  readonly failIf?: readonly string[] | undefined;
}

/** Adds `--rules` and `--fail-if`, for a command without run settings. */
export function addRuleOptions(command: Command): Command {
  return command
    .option('--rules <file>', 'rules that must hold, as YAML; also s3://...')
    .option(
      '--fail-if <condition>',
      'what must not be, such as "recall.Platelets<0.7" or "failed>5%"; may be repeated',
      (value: string, before: readonly string[] = []) => [...before, value],
    );
}

/**
 * Reads the rules that were named, those of the file first.
 *
 * @throws EigenfleetError `usage` for a file that is not there or anything in it, with line and column, for a condition that is none, and for a limit that no figure reaches.
 */
export async function readRules(
  { rules: file, failIf = [] }: SaidRules,
  options: StoreOptions,
): Promise<Rule[]> {
  const written = file === undefined ? [] : parseRules(await readRulesFile(file, options), file);
  const rules = [...written, ...failIf.map((condition) => parseFailIf(condition, ruleDefaults))];
  if (rules.length > 0) {
    const { assertPossibleRules } = await import('../../verdict/rules/known-rules.ts');
    assertPossibleRules(rules);
  }
  return rules;
}

async function readRulesFile(file: string, options: StoreOptions): Promise<string> {
  const read = await readTextFrom(filePlace(file, options));
  if (read.status === 'read') return read.text;
  throw new EigenfleetError('usage', `The rules file ${file} ${read.how}. Check --rules.`);
}
