import { Piscina } from 'piscina';
import { LoadedThreads } from '../../shared/host/threads/loaded-threads.ts';
import { outputArrays } from '../inference/owned-outputs.ts';
import { buffersOf } from '../inference/transfer.ts';
import { collectGarbageSeldom } from './garbage-collection.ts';
import { pixelsAtOnce, sharedBudget } from './pixel-budget.ts';
import type {
  InterpretAnswer,
  InterpretTask,
  OverlayAnswer,
  OverlayTask,
  PixelSetup,
  PrepareTask,
} from './pixel-thread.ts';
import type { PreparedSample } from './prepare-sample.ts';

/** More pixel threads than this only cost memory. */
const mostPixelThreads = 8;

/** This few images take less time than one more thread takes to start and warm up. */
const imagesPerThread = 12;

/**
 * How many of a process's CPU threads its pixel pool uses.
 *
 * @param images Approximate images to explain; unlimited when left out.
 */
export function pixelThreadsOf(threads: number, images = Number.POSITIVE_INFINITY): number {
  return Math.min(threads, mostPixelThreads, Math.max(1, Math.ceil(images / imagesPerThread)));
}

/** The threads where pixel loops run, so that the main thread only schedules, fetches and writes. */
export class PixelPool {
  readonly #pool: Piscina;
  readonly #threads: LoadedThreads;

  constructor(setup: Omit<PixelSetup, 'budget'>, threads: number) {
    collectGarbageSeldom();
    this.#pool = new Piscina({
      filename: new URL('./pixel-thread.js', import.meta.url).href,
      minThreads: 1,
      maxThreads: threads,
      // While sharp decodes one image in its own threads, the loops of another use this one.
      concurrentTasksPerWorker: 2,
      // A blocking wait between tasks would stop the other task of the thread.
      atomics: 'disabled',
      idleTimeout: Number.POSITIVE_INFINITY,
      workerData: { ...setup, budget: sharedBudget(pixelsAtOnce(threads)) } satisfies PixelSetup,
    });
    this.#threads = new LoadedThreads(this.#pool);
  }

  get threads(): number {
    return this.#pool.maxThreads;
  }

  /** Fills `pixels`. */
  prepare(task: PrepareTask): Promise<PreparedSample> {
    return this.#pool.run(task, { name: 'prepare' });
  }

  /** Takes over the buffers of the outputs and the activations. */
  interpret(task: InterpretTask): Promise<InterpretAnswer> {
    const activations = [...(task.activations?.values() ?? [])];
    const transferList = buffersOf([...outputArrays(task.outputs), ...activations]);
    return this.#pool.run(task, { name: 'interpret', transferList });
  }

  overlay(task: OverlayTask): Promise<OverlayAnswer> {
    return this.#pool.run(task, { name: 'overlay' });
  }

  async close(): Promise<void> {
    await this.#threads.destroy();
  }
}
