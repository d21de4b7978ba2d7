import { messageOf } from '../shared/errors.ts';
import type { FleetQueues } from '../shared/queue/fleet-queues.ts';
import { PauseNotes, pausedWords } from '../shared/queue/pause-notes.ts';
import type { RedisWatch } from '../shared/queue/redis-watch.ts';
import type { QueueName } from '../shared/queue/shard-job.ts';
import type { Logger } from '../shared/telemetry/logger.ts';

export interface PauseWatchOptions {
  readonly queues: Pick<FleetQueues, 'paused'>;
  readonly redis: Pick<RedisWatch, 'awaited'>;
  readonly logger: Logger;
}

const everyMs = 5_000;

/** Asks every five seconds whether somebody paused a queue, since a service without jobs looks like an idle one; logs that, and tells the probes. */
export class PauseWatch {
  readonly #options: PauseWatchOptions;
  readonly #notes = new PauseNotes();
  #paused: readonly QueueName[] = [];
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(options: PauseWatchOptions) {
    this.#options = options;
  }

  start(): void {
    void this.look().finally(() => {
      if (!this.#ended) this.#timer = setTimeout(() => this.start(), everyMs).unref();
    });
  }

  stop(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  /** What this service waits for, as a sentence; `undefined` while no queue is paused, as far as we know. */
  get awaited(): string | undefined {
    return pausedWords(this.#paused);
  }

  /** Asks once. A Redis that is away is told of elsewhere. */
  async look(nowMs = performance.now()): Promise<void> {
    const { queues, redis, logger } = this.#options;
    if (redis.awaited !== undefined) return;
    try {
      this.#paused = await queues.paused();
    } catch (error) {
      logger.debug({ error: messageOf(error) }, 'not known whether a queue is paused');
      return;
    }
    const notice = this.#notes.look(this.#paused, nowMs);
    if (notice?.status === 'resumed') logger.info(notice.words);
    else if (notice !== undefined) logger.warn({ queues: this.#paused }, notice.words);
  }
}
