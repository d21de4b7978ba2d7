import { EigenfleetError, messageOf } from '../errors.ts';
import { parseYaml } from './parse-yaml.ts';
import type { RunSettings } from './run-settings.ts';
import { parseSaid } from './said-settings.ts';

/**
 * Reads the text of a config file, YAML or JSON: the same settings as the flags, in camelCase or kebab-case. A key without a value
 * counts as absent.
 *
 * @param fileName What errors call it.
 * @throws EigenfleetError `usage` for text that is not a mapping, an unknown key, a repeated key, or a bad value.
 */
export function parseConfig(content: string, fileName: string): RunSettings {
  return parseSaid(parseMapping(content, fileName), fileName);
}

function parseMapping(content: string, fileName: string): object {
  let value: unknown;
  try {
    value = parseYaml(content);
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
