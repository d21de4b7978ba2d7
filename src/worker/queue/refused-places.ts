import type { Logger } from '../../shared/telemetry/logger.ts';

/**
 * How long others have to take a job before a worker that may not do it sees it again. It grows with the failed starts: while no worker
 * may do the job, it must not keep this one from jobs behind it.
 */
const firstDelayMs = 5_000;
const longestDelayMs = 30_000;

/**
 * How long a slot rests after a job that it may not do. Without it, one worker would delay a queue of thousands for workers that may do them
 * within seconds; with it, at most a few hundred are delayed at a time.
 */
export const restMs = 100;

/** @param starts How often the job was taken before, less the attempts that were made at it. */
export function refusalDelayMs(starts: number): number {
  return Math.min(firstDelayMs * 2 ** starts, longestDelayMs);
}

/** A run reads from a place that this process may not read. */
export class RefusedPlaceError extends Error {
  readonly place: string;

  constructor(place: string) {
    super(`this process may not read from ${place}`);
    this.name = 'RefusedPlaceError';
    this.place = place;
  }
}

const refusals = {
  write: { words: 'write to', option: '--allow-out' },
  read: { words: 'read images from', option: '--allow-in' },
} as const;

/** Logs once per place that this worker may not write or read there. */
export class RefusedPlaces {
  readonly #known = new Set<string>();
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  meet(place: string, use: keyof typeof refusals): void {
    const { words, option } = refusals[use];
    const known = `${use} ${place}`;
    if (this.#known.has(known)) return;
    this.#known.add(known);
    this.#logger.warn(
      use === 'write' ? { out: place } : { images: place },
      `this worker may not ${words} ${place}: its shards are left to others; if no other may, restart this one with ${option} ${place}`,
    );
  }
}
