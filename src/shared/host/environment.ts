import { homedir } from 'node:os';
import { join } from 'node:path';
import { EigenfleetError } from '../errors.ts';
import { type LogLevel, logLevels } from './log-level.ts';

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

const nodeVersionWarning = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';

/**
 * Makes an AWS client without the SDK's warning that its versions of 2027 need a newer Node: users of this version cannot act on it.
 * The SDK reads the switch once, when a process makes its first client, so it is set for that moment only: child
 * processes do not inherit it, and a person's own value stays.
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

/** All variables of the AWS SDK and their values, as one text that differs where one of them does. It holds secrets: never print it. */
export function awsVariables(): string {
  const names = Object.keys(process.env).filter((name) => name.startsWith('AWS_'));
  return JSON.stringify(names.sort().map((name) => [name, process.env[name]]));
}

/** Options that this Node was started with; of two that contradict, the last one counts. */
export function optionsOfNode(): string[] {
  return [...(process.env.NODE_OPTIONS ?? '').split(/\s+/), ...process.execArgv];
}

/** The cache folder of this machine: `$XDG_CACHE_HOME/eigenfleet`, else `~/.cache/eigenfleet`. */
export function defaultCacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'eigenfleet');
}

/** The file that GitHub Actions shows as the summary of a job, if any. */
export function githubStepSummary(): string | undefined {
  return process.env.GITHUB_STEP_SUMMARY || undefined;
}

/** Where a person has Ultralytics keep its settings, if that is not its usual place: `$YOLO_CONFIG_DIR`. */
export function yoloConfigFolder(): string | undefined {
  return process.env.YOLO_CONFIG_DIR || undefined;
}

/** The variable that a person names as the place of a value; `undefined` when it is empty too. */
export function environmentValue(name: string): string | undefined {
  return process.env[name] || undefined;
}

/** Where MLflow's registry is, and who asks it, by the variables of its own clients. */
export interface MlflowEnvironment {
  /** Address of the server; may hold a user and a password. */
  readonly trackingUri?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly token?: string | undefined;
  /** Where `s3://` of the registry's files is, which may be another place than that of our own. */
  readonly s3Endpoint?: string | undefined;
}

export function mlflowEnvironment(): MlflowEnvironment {
  const said = (name: string) => process.env[name] || undefined;
  return {
    trackingUri: said('MLFLOW_TRACKING_URI'),
    username: said('MLFLOW_TRACKING_USERNAME'),
    password: said('MLFLOW_TRACKING_PASSWORD'),
    token: said('MLFLOW_TRACKING_TOKEN'),
    s3Endpoint: said('MLFLOW_S3_ENDPOINT_URL'),
  };
}
