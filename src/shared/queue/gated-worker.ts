import { type Job, WaitingError, Worker, type WorkerOptions } from './bullmq.ts';
import { redisTroubleOf } from './redis-error.ts';
import type { RedisWatch } from './redis-watch.ts';

/** Processes one job. Throws to have it retried. */
export type JobProcessor<Data> = (
  job: Job<Data>,
  token: string | undefined,
  signal: AbortSignal | undefined,
) => Promise<unknown>;

/**
 * A BullMQ worker that asks for jobs only while Redis is usable: a refused one asks again at once, thousands of times a second, and starves
 * the rest of its process. A job that fails because Redis does is handed back as soon as possible, without using an attempt.
 */
export class GatedWorker<Data> extends Worker<Data> {
  readonly #watch: RedisWatch;
  readonly #leaving = new AbortController();
  #jobs = 0;

  constructor(
    name: string,
    processor: JobProcessor<Data>,
    { watch, ...options }: WorkerOptions & { readonly watch: RedisWatch },
  ) {
    // Three declared parameters: BullMQ passes the signal only to a processor that has them.
    super(name, (job, token, signal) => this.#process(processor, { job, token, signal }), options);
    this.#watch = watch;
    watch.hear(this);
    for (const event of ['paused', 'closing'] as const) this.on(event, () => this.#leaving.abort());
  }

  /** Whether no job is in hand. */
  get idle(): boolean {
    return this.#jobs === 0;
  }

  protected override async moveToActive(token: string, name?: string) {
    await this.#watch.fit(this.#leaving.signal);
    if (this.closing || this.paused) return undefined as never;
    return super.moveToActive(token, name);
  }

  async #process(
    processor: JobProcessor<Data>,
    { job, token, signal }: { job: Job<Data>; token?: string; signal?: AbortSignal },
  ): Promise<unknown> {
    this.#jobs += 1;
    try {
      return await processor(job, token, signal);
    } catch (error) {
      if (redisTroubleOf(error) === undefined) throw error;
      this.#watch.failed(error);
      const { signal: leaving } = this.#leaving;
      await this.#watch.fit(signal === undefined ? leaving : AbortSignal.any([leaving, signal]));
      await job.moveToWait(token);
      throw new WaitingError();
    } finally {
      this.#jobs -= 1;
    }
  }
}
