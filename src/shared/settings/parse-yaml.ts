import { parse } from 'yaml';

/**
 * The value of a YAML or JSON text. Tags that nobody here knows (`!!js/regexp`, `!Path`) leave the plain value, silently: `yaml` would tell of
 * them as a warning of Node, with the number of this process. Throws the error of `yaml` for text that is neither.
 */
export function parseYaml(text: string): unknown {
  return parse(text, { logLevel: 'error' });
}
