import { collectGarbageSeldom } from '../../shared/host/threads/collect-garbage-seldom.ts';
import { GrowingTasks } from '../../shared/host/threads/growing-tasks.ts';
import type { Tasks } from '../../shared/host/threads/tasks.ts';
import { buffersOf } from '../inference/buffers-of.ts';
import { outputArrays } from '../inference/owned-outputs.ts';
import { pixelsAtOnce, sharedBudget } from './pixel-budget.ts';
import type {
  InterpretAnswer,
  InterpretTask,
  OverlayAnswer,
  OverlayTask,
  PixelSetup,
  PrepareTask,
} from './pixel-work.ts';
import type { PreparedSample } from './prepare-sample.ts';

/** More pixel threads than this only cost memory. */
const mostPixelThreads = 8;

/** Of a thread: while sharp decodes one image in threads of its own, the loops of another use this one. */
const tasksAtOnce = 2;

/** This few images take less time than one more thread takes to start and warm up. */
const imagesPerThread = 12;

/**
 * How many of a process's CPU threads its pixel pool uses at most: it opens the first, and more as they are needed.
 *
 * @param images Approximate images to explain; unlimited when left out.
 */
export function pixelThreadsOf(threads: number, images = Number.POSITIVE_INFINITY): number {
  return Math.min(threads, mostPixelThreads, Math.max(1, Math.ceil(images / imagesPerThread)));
}

/** Where pixel loops run: threads, so that the main thread only schedules, fetches and writes, or the thread that calls. */
export class PixelPool {
  /** How many images are worked on at once; 1 in the thread that calls. */
  readonly threads: number;
  readonly #tasks: Promise<Tasks>;

  /** @param threads 0: no threads, but the one that calls. */
  constructor(setup: Omit<PixelSetup, 'budget'>, threads: number) {
    this.threads = Math.max(1, threads);
    const whole = { ...setup, budget: sharedBudget(pixelsAtOnce(threads)) };
    this.#tasks = threads === 0 ? tasksHere(whole) : tasksInThreads(whole, threads);
    // Who asks for a task is told.
    this.#tasks.catch(() => {});
  }

  /** Fills `pixels`. */
  async prepare(task: PrepareTask): Promise<PreparedSample> {
    return (await this.#tasks).run(task, { name: 'prepare' });
  }

  /** Takes over the buffers of the outputs and the activations. */
  async interpret(task: InterpretTask): Promise<InterpretAnswer> {
    const activations = [...(task.activations?.values() ?? [])];
    const transferList = buffersOf([...outputArrays(task.outputs), ...activations]);
    return (await this.#tasks).run(task, { name: 'interpret', transferList });
  }

  async overlay(task: OverlayTask): Promise<OverlayAnswer> {
    return (await this.#tasks).run(task, { name: 'overlay' });
  }

  async close(): Promise<void> {
    await (await this.#tasks).close();
  }
}

async function tasksHere(setup: PixelSetup): Promise<Tasks> {
  const { OwnTasks } = await import('../../shared/host/threads/own-tasks.ts');
  const { PixelWork } = await import('./pixel-work.ts');
  const work = new PixelWork(setup);
  const works = {
    prepare: (task: PrepareTask) => work.prepare(task),
    interpret: (task: InterpretTask) => work.interpret(task),
    overlay: (task: OverlayTask) => work.overlay(task),
  };
  return new OwnTasks(works, tasksAtOnce);
}

async function tasksInThreads(setup: PixelSetup, threads: number): Promise<Tasks> {
  collectGarbageSeldom();
  const { ThreadTasks } = await import('../../shared/host/threads/thread-tasks.ts');
  const open = () =>
    new ThreadTasks({
      filename: new URL('./pixel-thread.js', import.meta.url).href,
      maxThreads: 1,
      concurrentTasksPerWorker: tasksAtOnce,
      // A blocking wait between tasks would stop the other task of the thread.
      atomics: 'disabled',
      workerData: setup,
    });
  return new GrowingTasks({ open, most: threads, tasksAtOnce });
}
