import { EigenfleetError } from '../errors.ts';
import type { OverlayPlan } from '../run/run-spec.ts';
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

/** Settings as a config file or a program gives them: text and lists where the validated ones have their own types. */
export type SaidSettings = { readonly [Name in SettingName]?: SaidValue<RunSettings[Name]> };

type SaidValue<Value> = Value extends OverlayPlan
  ? string
  : Value extends [number, number]
    ? number | readonly [height: number, width: number]
    : Value extends (infer One)[]
      ? One | readonly One[]
      : Value;

/**
 * Validates settings by name, in camelCase or kebab-case. A name without a value counts as absent.
 *
 * @param where Its name in errors: the file's name, or `options`.
 * @throws EigenfleetError `usage` for an unknown name, a repeated one, or a bad value.
 */
export function parseSaid(values: object, where: string): RunSettings {
  const said: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(values)) {
    const name = settingNames.find((candidate) => isSpelling(candidate, key));
    if (name === undefined) throw unknownKey(key, where);
    if (name in said) {
      throw new EigenfleetError('usage', `${where} sets ${name} twice. Keep one.`);
    }
    if (value === null || value === undefined) continue;
    said[name] = parseSetting(name, value, `${where}: ${key}`);
  }
  return said;
}

function isSpelling(name: SettingName, key: string): boolean {
  const { formerly }: Setting = runSettings[name];
  return [name, kebabOf(name), formerly].includes(key);
}

function unknownKey(key: string, where: string): EigenfleetError {
  const near = nearNames(key, new Set([...settingNames, ...settingNames.map(kebabOf)]));
  const hint =
    near.length === 0 ? 'See eigenfleet run --help.' : `Did you mean ${near.join(' or ')}?`;
  return new EigenfleetError('usage', `${where}: there is no setting "${key}". ${hint}`);
}
