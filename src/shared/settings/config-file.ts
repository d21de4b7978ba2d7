import { parse } from 'yaml';
import { EigenfleetError, messageOf } from '../errors.ts';
import { nearNames } from './near-names.ts';
import { parseSetting } from './parse-setting.ts';
import {
  kebabOf,
  type RunSettings,
  runSettings,
  type SettingName,
  settingNames,
} from './run-settings.ts';
import type { Setting } from './setting.ts';

/**
 * Reads the text of a config file, YAML or JSON: the same settings as the flags, in camelCase or kebab-case. A key without a value
 * counts as absent.
 *
 * @param fileName What errors call it.
 * @throws EigenfleetError `usage` for text that is not a mapping, an unknown key, a repeated key, or a bad value.
 */
export function parseConfig(content: string, fileName: string): RunSettings {
  const said: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(parseMapping(content, fileName))) {
    const name = settingNames.find((candidate) => isSpelling(candidate, key));
    if (name === undefined) throw unknownKey(key, fileName);
    if (name in said) {
      throw new EigenfleetError('usage', `${fileName} sets ${name} twice. Keep one.`);
    }
    if (value === null || value === undefined) continue;
    said[name] = parseSetting(name, value, `${fileName}: ${key}`);
  }
  return said;
}

function isSpelling(name: SettingName, key: string): boolean {
  const { formerly }: Setting = runSettings[name];
  return [name, kebabOf(name), formerly].includes(key);
}

function parseMapping(content: string, fileName: string): object {
  let value: unknown;
  try {
    value = parse(content);
  } catch (cause) {
    throw new EigenfleetError(
      'usage',
      `${fileName} is neither YAML nor JSON (${messageOf(cause).split('\n')[0]}). Correct it, or drop --config.`,
      { cause },
    );
  }
  if (value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value;
  throw new EigenfleetError(
    'usage',
    `${fileName} holds no settings: write one "name: value" per line, such as "conf: 0.4".`,
  );
}

function unknownKey(key: string, fileName: string): EigenfleetError {
  const near = nearNames(key, new Set([...settingNames, ...settingNames.map(kebabOf)]));
  const hint =
    near.length === 0 ? 'See eigenfleet run --help.' : `Did you mean ${near.join(' or ')}?`;
  return new EigenfleetError('usage', `${fileName}: there is no setting "${key}". ${hint}`);
}
