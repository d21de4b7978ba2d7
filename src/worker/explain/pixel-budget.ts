import { setImmediate } from 'node:timers/promises';
import { collectAllGarbage } from '../../shared/host/garbage-collection.ts';

/** The pixels that are free, in memory of all threads. */
export type SharedBudget = Int32Array<SharedArrayBuffer>;

/** Pixels of large pictures that are decoded at once: one of 100 megapixels, eight of a phone. At 3 bytes each they are 300 MB. */
const mostPixels = 100_000_000;
/** Pictures up to here are not counted: their memory is small, and most of all pictures are such. */
const smallPixels = 4_000_000;
/** Pixels of large pictures after which a thread collects its garbage: V8 lets several pictures of 300 MB lie, and what lies is not free. */
const garbagePixels = 48_000_000;

/** Node's types know it from another year of the standard on. */
interface WaitingAtomics {
  waitAsync(
    cells: SharedBudget,
    index: number,
    value: number,
  ): { readonly value: Promise<unknown> | string };
}
const { waitAsync } = Atomics as unknown as WaitingAtomics;

/** A budget that is whole. */
export function sharedBudget(pixels = mostPixels): SharedBudget {
  return new Int32Array(new SharedArrayBuffer(4)).fill(pixels);
}

/**
 * Keeps the threads of a process from decoding more large pictures at once than its memory should hold: each takes its pixels from a common budget and
 * waits for them. One that has more than all of it decodes alone.
 */
export class PixelBudget {
  readonly #free: SharedBudget;
  readonly #most: number;
  #garbage = 0;

  constructor(free: SharedBudget, most = mostPixels) {
    this.#free = free;
    this.#most = most;
  }

  /** Runs `work` with `pixels` of the budget, which are given back however it ends. */
  async spend<Result>(pixels: number, work: () => Promise<Result>): Promise<Result> {
    if (pixels <= smallPixels) return work();
    const taken = Math.min(pixels, this.#most);
    while (!this.#take(taken)) {
      const free = Atomics.load(this.#free, 0);
      if (free < taken) await waitAsync(this.#free, 0, free).value;
    }
    try {
      if (taken >= garbagePixels) await collect();
      return await work();
    } finally {
      this.#garbage += taken;
      if (this.#garbage >= garbagePixels) {
        this.#garbage = 0;
        await collect();
      }
      Atomics.add(this.#free, 0, taken);
      Atomics.notify(this.#free, 0);
    }
  }

  #take(pixels: number): boolean {
    const free = Atomics.load(this.#free, 0);
    return free >= pixels && Atomics.compareExchange(this.#free, 0, free, free - pixels) === free;
  }
}

/** What was just decoded is out of reach a turn later, and libraries free their memory a turn after that. */
async function collect(): Promise<void> {
  await setImmediate();
  collectAllGarbage();
  await setImmediate();
}
