import type { Piscina } from 'piscina';
import { LoadedThreads } from './loaded-threads.ts';
import type { TaskOptions, Tasks } from './tasks.ts';
import { openThreadPool, type PoolOptions } from './thread-pool.ts';

/** Threads that export their tasks as functions. They start at once and live until they are closed. */
export class ThreadTasks implements Tasks {
  readonly #pool: Piscina;
  readonly #threads: LoadedThreads;

  constructor(options: PoolOptions) {
    this.#pool = openThreadPool({
      minThreads: 1,
      idleTimeout: Number.POSITIVE_INFINITY,
      ...options,
    });
    this.#threads = new LoadedThreads(this.#pool);
  }

  run<Answer>(task: unknown, { name, transferList = [] }: TaskOptions): Promise<Answer> {
    return this.#pool.run(task, { name, transferList: [...transferList] });
  }

  close(): Promise<void> {
    return this.#threads.destroy();
  }
}
