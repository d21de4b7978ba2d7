import { type Logger, pino, stdSerializers, stdTimeFunctions } from 'pino';
import type { LogLevel } from '../host/log-level.ts';
import { redactCredentials } from '../redaction/redact-credentials.ts';
import { safeText } from '../redaction/safe-text.ts';
import { plainLogLine } from './log-line.ts';

export type { Logger } from 'pino';

/** Where lines go: `process.stderr`, or a test's collector. */
export interface LogSink {
  write(line: string): unknown;
  readonly isTTY?: boolean;
}

export interface LoggerOptions {
  readonly level: LogLevel;
  /** The writer: `worker`, `coordinator`, `producer`, `dashboard`. */
  readonly component: string;
  readonly sink?: LogSink;
}

/** Lines up to this many characters are written without checking the length of their values. */
const usualLine = 16_384;

/** What a line is about. The names are the same in every component, so that one search finds all of a shard. */
export interface LogScope {
  readonly worker?: string;
  readonly run?: string;
  readonly shard?: number;
  readonly device?: string;
}

/**
 * A logger that is handed down, never imported. One JSON object a line on stderr (`level`, ISO `time`, `pid`, `component`, the scope, `msg`, and
 * `err` for errors); on a terminal the same as plain text. Credentials are redacted anywhere in the line, and of very long values only the
 * beginning is written.
 */
export function createLogger({ level, component, sink = process.stderr }: LoggerOptions): Logger {
  const plain = sink.isTTY === true;
  const options = {
    level,
    base: { pid: process.pid, component },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: serializedError },
  };
  const write = (line: string): void => {
    const safe = redactCredentials(line.length <= usualLine ? line : shortened(line));
    sink.write(plain ? plainLogLine(safe) : safe);
  };
  return pino(options, { write });
}

/** Errors of Redis contain the command: for AUTH, the password. */
function serializedError(error: Error): object {
  const { command: _, ...said } = stdSerializers.err(error) as ReturnType<
    typeof stdSerializers.err
  > & { command?: unknown };
  return said;
}

/** Returns the same JSON line with long texts cut to their beginnings. */
function shortened(line: string): string {
  const short = (_: string, value: unknown): unknown =>
    typeof value === 'string' ? safeText(value) : value;
  return `${JSON.stringify(JSON.parse(line, short))}\n`;
}

/** Returns a logger whose every line carries its scope. */
export function scopedLogger(logger: Logger, scope: LogScope): Logger {
  return logger.child(scope);
}

/** Writes nothing; for tests and quiet commands. */
export function silentLogger(): Logger {
  return pino({ level: 'silent' }, { write: () => undefined });
}
