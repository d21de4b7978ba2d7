import { formatDuration } from '../host/format-duration.ts';
import type { QueueName } from './shard-job.ts';

export interface PauseNotice {
  readonly status: 'paused' | 'still paused' | 'resumed';
  readonly words: string;
}

/** Interval of repeated notices while a queue is paused. */
const againMs = 60_000;

const effects: Readonly<Record<QueueName, string>> = {
  shards: 'no worker takes a shard',
  summaries: 'no run gets its summary',
};

const remedy = 'Resume it under Queues of "eigenfleet dashboard --manage"';

/** That queues are paused, and how to resume them, as a sentence; `undefined` where none is. */
export function pausedWords(paused: readonly QueueName[]): string | undefined {
  if (paused.length === 0) return undefined;
  const which = `${paused.length === 1 ? 'The queue' : 'The queues'} of ${paused.join(' and ')}`;
  const is = paused.length === 1 ? 'is' : 'are';
  return `${which} ${is} paused, and ${paused.map((name) => effects[name]).join(', and ')}. ${remedy}.`;
}

/** Tells that a queue is paused once, once a minute while it lasts, and once that it is over. */
export class PauseNotes {
  #before: readonly QueueName[] = [];
  #sinceMs = 0;
  #saidMs = 0;

  /** Returns a notice when there is something to say. */
  look(paused: readonly QueueName[], nowMs = performance.now()): PauseNotice | undefined {
    const words = pausedWords(paused);
    const before = this.#before;
    this.#before = paused;
    if (words === undefined) {
      if (before.length === 0) return undefined;
      return { status: 'resumed', words: `The queue of ${before.join(' and ')} was resumed.` };
    }
    if (before.length === 0) this.#sinceMs = nowMs;
    const isNew = paused.some((name) => !before.includes(name));
    if (!isNew && nowMs - this.#saidMs < againMs) return undefined;
    this.#saidMs = nowMs;
    if (isNew) return { status: 'paused', words };
    return {
      status: 'still paused',
      words: `For ${formatDuration(nowMs - this.#sinceMs)} now: ${words}`,
    };
  }
}
