import { AnswerWatch } from './answer-watch.ts';

/**
 * For how long this process has been waiting for a disk. Files are read and written by the few threads that all of a Node process shares: a
 * network mount that hangs holds them all up sooner or later, and `process.exit` would wait for them too.
 */
export const diskWatch = new AnswerWatch();

/** Longer than a busy disk takes for a file. */
const slowMs = 30_000;

/** A sentence on a disk that has been awaited for long; `undefined` while there is none. */
export function awaitedDisk(): string | undefined {
  const { owedMs } = diskWatch;
  if (owedMs < slowMs) return undefined;
  return `a disk has not answered for ${Math.round(owedMs / 1000)} s: does a network mount hang?`;
}
