import { Slots } from './slots.ts';
import type { TaskOptions, Tasks } from './tasks.ts';

type Work = (task: never) => unknown;

/**
 * Runs tasks in the thread that calls, which nothing else can use meanwhile. For so few of them that the start of a thread, which loads its programs and compiles them
 * again, would take longer.
 */
export class OwnTasks implements Tasks {
  readonly #works: Readonly<Record<string, Work>>;
  readonly #slots: Slots;

  /** @param atOnce How many tasks may have begun and not ended; more wait their turn. */
  constructor(works: Readonly<Record<string, Work>>, atOnce: number) {
    this.#works = works;
    this.#slots = new Slots(atOnce);
  }

  async run<Answer>(task: unknown, { name }: TaskOptions): Promise<Answer> {
    const work = this.#works[name];
    if (work === undefined) throw new TypeError(`there is no task "${name}"`);
    return this.#slots.run(async () => (await work(task as never)) as Answer);
  }

  async close(): Promise<void> {}
}
