import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import { within } from '../within.ts';

/** A thread that has not loaded its program by then hangs: it ends with its process. */
const patienceMs = 10_000;

/**
 * Ends a pool's threads once each has loaded its program. The pool loads it with `require`, and Node 20 aborts the whole process ("IsGraphAsync must
 * be used on an instantiated module") when a thread is stopped while an ES module is being loaded that way: a worker that is told to
 * stop just after its start would seem to have crashed.
 */
export class LoadedThreads {
  readonly #pool: Piscina;
  readonly #loaded = new Set<number>();

  constructor(pool: Piscina) {
    this.#pool = pool;
    // The first threads are called ready before they are: what they say when they have loaded tells.
    for (const thread of pool.threads) {
      thread.once('message', () => this.#loaded.add(thread.threadId));
    }
    // Those that come later are announced when they have loaded.
    setImmediate(() => pool.on('workerCreate', ({ id }: { id: number }) => this.#loaded.add(id)));
  }

  /** Waits for threads that are still loading, then ends all. */
  async destroy(): Promise<void> {
    const loading = this.#pool.threads.filter(({ threadId }) => !this.#loaded.has(threadId));
    await within(patienceMs, () => Promise.all(loading.map(hasLoaded)));
    await this.#pool.destroy();
  }
}

/** Resolves when a thread says anything, or ends. */
async function hasLoaded(thread: Worker): Promise<void> {
  const settled = new AbortController();
  const { signal } = settled;
  try {
    await Promise.race([once(thread, 'message', { signal }), once(thread, 'exit', { signal })]);
  } finally {
    settled.abort();
  }
}
