import type { TaskOptions, Tasks } from './tasks.ts';

export interface GrowingTasksOptions {
  /** Opens one more thread. The first is opened at once. */
  open(): Tasks;
  /** Threads, at most. */
  readonly most: number;
  /** With so many tasks under way a thread is busy. */
  readonly tasksAtOnce: number;
}

interface Thread {
  readonly tasks: Tasks;
  underWay: number;
}

/**
 * One more thread is opened for so many tasks that found all others busy, less those that did not. All that may be under way is asked for at once at a start and behind each shard: that soon
 * passes, and should open none.
 */
const patienceTasks = 64;

/**
 * Threads with tasks of one kind, as few as keep up: each has to start, to load its programs and to compile them until it is as fast as the first, and keeps memory of its own. A task goes to
 * the thread with the fewest under way.
 */
export class GrowingTasks implements Tasks {
  readonly #options: GrowingTasksOptions;
  readonly #threads: Thread[] = [];
  #busy = 0;

  constructor(options: GrowingTasksOptions) {
    this.#options = options;
    this.#grow();
  }

  async run<Answer>(task: unknown, options: TaskOptions): Promise<Answer> {
    const thread = this.#next();
    thread.underWay++;
    try {
      return await thread.tasks.run<Answer>(task, options);
    } finally {
      thread.underWay--;
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map(({ tasks }) => tasks.close()));
  }

  #next(): Thread {
    const { most, tasksAtOnce } = this.#options;
    const idlest = this.#idlest();
    this.#busy = Math.max(0, this.#busy + (idlest.underWay < tasksAtOnce ? -1 : 1));
    if (this.#busy < patienceTasks || this.#threads.length >= most) return idlest;
    this.#busy = 0;
    return this.#grow();
  }

  #idlest(): Thread {
    return this.#threads.reduce((best, one) => (one.underWay < best.underWay ? one : best));
  }

  #grow(): Thread {
    const thread = { tasks: this.#options.open(), underWay: 0 };
    this.#threads.push(thread);
    return thread;
  }
}
