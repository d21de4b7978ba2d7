import { redactCredentials } from './redact-credentials.ts';

/** Longer than any sentence of ours with a path or a key in it. */
const usualLength = 4_000;
/** What is beyond is never looked at: names of 50 MB were met. */
const lookedAt = 65_536;

/** Text of an error or a reason as it may be shown and stored: without credentials, and of a very long one the beginning and its length. */
export function safeText(text: string, mostLength = usualLength): string {
  const safe = redactCredentials(text.slice(0, lookedAt));
  if (safe.length <= mostLength && text.length <= lookedAt) return safe;
  // Half of a surrogate pair at the cut would not be text any more.
  const beginning = safe.slice(0, mostLength).replace(/[\ud800-\udbff]$/, '');
  return `${beginning}... (${text.length} characters)`;
}

/** The same error, its message and stack as they may be stored: BullMQ puts both into Redis. */
export function safeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  error.message = safeText(error.message);
  if (error.stack !== undefined) error.stack = safeText(error.stack);
  return error;
}
