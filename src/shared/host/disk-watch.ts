import { AnswerWatch } from './answer-watch.ts';

/**
 * Tracks how long this process has been waiting for a disk. Node reads and writes files in a few shared threads: a
 * network mount that hangs blocks them all sooner or later, and `process.exit` would wait for them too.
 */
export const diskWatch = new AnswerWatch();

/** Longer than a busy disk takes for a file. */
const slowMs = 30_000;

/** Returns a sentence about a disk that has not answered for long; `undefined` while all answer. */
export function awaitedDisk(): string | undefined {
  const { owedMs } = diskWatch;
  if (owedMs < slowMs) return undefined;
  return `a disk has not answered for ${Math.round(owedMs / 1000)} s: does a network mount hang?`;
}
