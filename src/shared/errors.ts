import { safeText } from './redaction/safe-text.ts';

/**
 * Exit codes of the command line, by what went wrong. Documented in `docs/operations.md`.
 * 0 is success, 1 an unexpected fault, 130 an interrupt.
 */
export const exitCodes = {
  usage: 2,
  model: 3,
  dataset: 4,
  storage: 5,
  device: 6,
  locked: 7,
  redis: 8,
  incomplete: 9,
  refused: 11,
} as const;

export type ErrorCode = keyof typeof exitCodes;

/**
 * A failure that a person can act on. The message is one sentence (or two) that says what is wrong, where,
 * and what to do; the command line prints it without a stack trace and exits with `exitCodes[code]`. It goes to terminals, logs, Redis and results, so
 * it holds no credentials, and no more of a long name than its beginning.
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
