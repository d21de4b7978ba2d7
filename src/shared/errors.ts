import { safeText } from './redaction/safe-text.ts';

/** Exit codes of the command line; 0 is success, and of a check that all rules hold. Documented in `docs/operations.md`. */
export const exitCodes = {
  /** A rule of a check failed. */
  failed: 1,
  usage: 2,
  model: 3,
  dataset: 4,
  storage: 5,
  device: 6,
  locked: 7,
  redis: 8,
  incomplete: 9,
  /** No rule of a check failed, but one could not be decided. */
  undecided: 10,
  refused: 11,
  /** Unexpected: EX_SOFTWARE of sysexits.h, far from what a shell or Node itself ends with. */
  fault: 70,
  /** By Ctrl-C or SIGTERM: 128 + 2, as shells have it. */
  interrupted: 130,
} as const;

/** What went wrong, of an error that a person can act on. */
export type ErrorCode = Exclude<
  keyof typeof exitCodes,
  'failed' | 'undecided' | 'fault' | 'interrupted'
>;

/**
 * A failure that a person can act on. The message is one sentence (or two) that says what is wrong, where,
 * and what to do; the command line prints it without a stack trace and exits with `exitCodes[code]`. It goes to terminals, logs, Redis and results, so
 * it holds no credentials and only the beginning of a long name.
 */
export class EigenfleetError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(safeText(message), options);
    this.name = 'EigenfleetError';
    this.code = code;
  }

  get exitCode(): number {
    return exitCodes[this.code];
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
