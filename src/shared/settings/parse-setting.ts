import { homedir } from 'node:os';
import { join } from 'node:path';
import { EigenfleetError } from '../errors.ts';
import { type LogLevel, logLevels } from '../host/log-level.ts';
import { redactAddress } from '../redaction/redact-credentials.ts';
import { type RunSettings, runSettings, type SettingName } from './run-settings.ts';

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
  const said = JSON.stringify(
    typeof value === 'string' && name === 's3Endpoint' ? redactAddress(value) : value,
  );
  throw new EigenfleetError('usage', `${where} must be ${expected}, not ${said}.`);
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

/**
 * Where the environment says that S3 is, by the AWS SDK's own variables. The SDK reads them too; they are read here because a server of
 * one's own is spoken to differently (`s3-client.ts`).
 *
 * @throws EigenfleetError `usage` for one that is not an address, or has credentials in it.
 */
export function s3EndpointOfEnvironment(): string | undefined {
  const { AWS_ENDPOINT_URL_S3, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS } = process.env;
  if (AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === 'true') return undefined;
  const name = AWS_ENDPOINT_URL_S3 ? 'AWS_ENDPOINT_URL_S3' : 'AWS_ENDPOINT_URL';
  const endpoint = process.env[name];
  return endpoint ? parseSetting('s3Endpoint', endpoint, name) : undefined;
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
