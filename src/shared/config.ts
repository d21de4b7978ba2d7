import { homedir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { EigenfleetError, messageOf } from './errors.ts';
import { type LogLevel, logLevels } from './log-level.ts';
import { nearNames } from './near-names.ts';
import {
  kebabOf,
  type RunSettings,
  runSettings,
  type SettingName,
  settingNames,
} from './run-settings.ts';

/**
 * Reads a config file's text, YAML or JSON: the same settings as the flags, in camelCase or kebab-case. A key without a value
 * counts as not said.
 *
 * @param fileName What errors call it.
 * @throws EigenfleetError `usage` for text that is no mapping, an unknown key, a key said twice, or a bad value.
 */
export function parseConfig(content: string, fileName: string): RunSettings {
  const said: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(parseMapping(content, fileName))) {
    const name = settingNames.find((candidate) => candidate === key || kebabOf(candidate) === key);
    if (name === undefined) throw unknownKey(key, fileName);
    if (name in said) {
      throw new EigenfleetError('usage', `${fileName}: ${name} is said twice. Keep one of them.`);
    }
    if (value === null || value === undefined) continue;
    said[name] = parseSetting(name, value, `${fileName}: ${key}`);
  }
  return said;
}

/**
 * Validates one value.
 *
 * @param where What the error calls it: `--conf` or `run.yaml: conf`.
 * @throws EigenfleetError `usage`
 */
export function parseSetting<Name extends SettingName>(
  name: Name,
  value: unknown,
  where: string,
): RunSettings[Name] {
  const { schema, expected } = runSettings[name];
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data as RunSettings[Name];
  throw new EigenfleetError('usage', `${where} must be ${expected}, not ${JSON.stringify(value)}.`);
}

/**
 * How much services log: `LOG_LEVEL`, else `info`.
 *
 * @throws EigenfleetError `usage`
 */
export function readLogLevel(environment: NodeJS.ProcessEnv = process.env): LogLevel {
  const said = environment.LOG_LEVEL?.trim().toLowerCase() || 'info';
  const level = logLevels.find((known) => known === said);
  if (level !== undefined) return level;
  throw new EigenfleetError(
    'usage',
    `LOG_LEVEL must be one of ${logLevels.join(', ')}, not ${JSON.stringify(said)}.`,
  );
}

function parseMapping(content: string, fileName: string): object {
  let value: unknown;
  try {
    value = parse(content);
  } catch (cause) {
    throw new EigenfleetError(
      'usage',
      `${fileName} is neither YAML nor JSON (${messageOf(cause).split('\n')[0]}). Correct it, or leave --config out.`,
      { cause },
    );
  }
  if (value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value;
  throw new EigenfleetError(
    'usage',
    `${fileName} holds no settings: it should have one "name: value" a line, such as "conf: 0.4".`,
  );
}

function unknownKey(key: string, fileName: string): EigenfleetError {
  const near = nearNames(key, new Set([...settingNames, ...settingNames.map(kebabOf)]));
  const hint =
    near.length === 0 ? 'See eigenfleet run --help.' : `Did you mean ${near.join(' or ')}?`;
  return new EigenfleetError('usage', `${fileName}: there is no setting "${key}". ${hint}`);
}

/**
 * Where the environment says that S3 is, by the AWS SDK's own variables. The SDK reads them too; they are read here because a server of
 * one's own is spoken to differently (`s3-client.ts`).
 */
export function s3EndpointOfEnvironment(): string | undefined {
  const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS } =
    process.env;
  if (AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === 'true') return undefined;
  return AWS_ENDPOINT_URL_S3 || AWS_ENDPOINT_URL || undefined;
}

const nodeVersionWarning = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';

/**
 * Makes an AWS client without the SDK's warning that its versions of 2027 need a newer Node, which nobody who runs this version can heed.
 * The SDK looks for the switch when the first client of a process is made and never again, so it is set for that moment only: child
 * processes do not inherit it, and what a person has set stays.
 */
export function withoutNodeVersionWarning<T>(make: () => T): T {
  if (process.env[nodeVersionWarning] !== undefined) return make();
  process.env[nodeVersionWarning] = 'true';
  try {
    return make();
  } finally {
    delete process.env[nodeVersionWarning];
  }
}

/** Where this machine keeps what can be fetched again: `$XDG_CACHE_HOME/eigenfleet`, else `~/.cache/eigenfleet`. */
export function defaultCacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'eigenfleet');
}

/** The file that GitHub Actions shows beside a job, where there is one. */
export function githubStepSummary(): string | undefined {
  return process.env.GITHUB_STEP_SUMMARY || undefined;
}
