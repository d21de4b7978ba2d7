import { exitCodes } from '../../shared/errors.ts';

/** How a worker's process ended: with a code, or by a signal that it did not handle. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly livedMs: number;
}

export type AfterEnd =
  | { readonly action: 'restart'; readonly delayMs: number; readonly rapidCrashes: number }
  /** It ended in good order; no restart. */
  | { readonly action: 'leave' }
  /** A restart would not help, or did not. */
  | { readonly action: 'give-up'; readonly sentence: string };

/** A process that lived this long started successfully: its next crash counts as the first again. */
export const steadyMs = 60_000;
/** A fault of ours, and what Node itself ends with before anything of ours runs. */
const crashCodes: readonly number[] = [exitCodes.fault, 1];
export const longestDelayMs = 30_000;
/** With back-off this is about three minutes of trying. */
export const mostRapidCrashes = 10;

/**
 * Decides what to do about a worker that ended. `rapidCrashes`: how often in a row it crashed before, within a minute of its start. Delays double from 1 s
 * to 30 s.
 */
export function afterEnd(end: ProcessEnd, rapidCrashes: number): AfterEnd {
  const { code, signal, livedMs } = end;
  if (code === 0 || code === exitCodes.interrupted) return { action: 'leave' };
  // Redis was away: it may be back by now, or later.
  if (code === exitCodes.redis) {
    return { action: 'restart', delayMs: longestDelayMs, rapidCrashes: 0 };
  }
  // A sentence that a person has to act on: a wrong option, a device that is not there, a Redis that refuses.
  if (code !== null && !crashCodes.includes(code)) {
    const sentence = `it ended with code ${code}, and a restart would not help: see its last message.`;
    return { action: 'give-up', sentence };
  }
  const crashes = livedMs >= steadyMs ? 1 : rapidCrashes + 1;
  if (crashes > mostRapidCrashes) {
    const how = signal ?? `code ${code}`;
    const sentence = `it crashed ${crashes} times in a row soon after its start (last: ${how}): see its messages, or run eigenfleet doctor.`;
    return { action: 'give-up', sentence };
  }
  const delayMs = Math.min(longestDelayMs, 1000 * 2 ** (crashes - 1));
  return { action: 'restart', delayMs, rapidCrashes: crashes };
}
