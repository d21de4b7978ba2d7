import { redactCredentials } from './redact-credentials.ts';

/** Longer than any sentence of ours with a path or a key in it. */
const usualLength = 4_000;
/** Text beyond this is ignored: names of 50 MB occurred. */
const lookedAt = 65_536;

/** Returns the text of an error or a reason, safe to show and store: without credentials, and cut to its beginning and its length when very long. */
export function safeText(text: string, mostLength = usualLength): string {
  const safe = redactCredentials(text.slice(0, lookedAt));
  if (safe.length <= mostLength && text.length <= lookedAt) return safe;
  // A path or a name of thousands of characters: what a sentence says of it comes behind.
  const short = text.length <= lookedAt ? withoutMiddles(safe) : safe;
  if (short.length <= mostLength && text.length <= lookedAt) return short;
  // Half of a surrogate pair at the cut would not be text any more.
  const beginning = safe.slice(0, mostLength).replace(/[\ud800-\udbff]$/, '');
  return `${beginning}... (${text.length} characters)`;
}

const longestWord = 300;

/** Words that no person reads to their end keep beginning and end. */
function withoutMiddles(text: string): string {
  return text.replace(/\S{301,}/gu, (word) => {
    const characters = [...word];
    const [first, last] = [
      characters.slice(0, longestWord / 2),
      characters.slice(-longestWord / 6),
    ];
    return `${first.join('')}...${last.join('')} (${characters.length} characters)`;
  });
}

/** Returns the same error with a message and stack that are safe to store: BullMQ puts both into Redis. */
export function safeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  error.message = safeText(error.message);
  if (error.stack !== undefined) error.stack = safeText(error.stack);
  return error;
}
