import { setImmediate } from 'node:timers/promises';
import { collectAllGarbage } from '../../shared/host/garbage-collection.ts';

/** The free pixels, and behind them those of the whole budget, in memory shared by all threads. */
export type SharedBudget = Int32Array<SharedArrayBuffer>;

/** Pixels of large pictures decoded at once for each pixel thread, which does the loops of one at a time: one from a phone, 38 MB. */
const pixelsPerThread = 12_600_000;
/** One is being decoded while the loops of another run. */
const leastPictures = 2;
/** Pictures up to this size are not counted: their memory is small, and most pictures are. */
const smallPixels = 4_000_000;
/** Pixels of large pictures after which a thread collects its garbage: not all that a picture leaves behind is released. */
const garbagePixels = 48_000_000;

/** Node's types have it only in a later edition of the standard. */
interface WaitingAtomics {
  waitAsync(
    cells: SharedBudget,
    index: number,
    value: number,
  ): { readonly value: Promise<unknown> | string };
}
const { waitAsync } = Atomics as unknown as WaitingAtomics;

/** Returns a full budget. */
export function sharedBudget(pixels: number): SharedBudget {
  return new Int32Array(new SharedArrayBuffer(8)).fill(pixels);
}

/** How many pixels of large pictures a process with so many pixel threads decodes at once. */
export function pixelsAtOnce(threads: number): number {
  return Math.max(leastPictures, threads) * pixelsPerThread;
}

/**
 * Keeps the threads of a process from decoding more large pictures at once than its memory should hold: each takes its pixels from a common budget and
 * waits for them. A picture larger than the whole budget decodes alone.
 */
export class PixelBudget {
  readonly #free: SharedBudget;
  readonly #most: number;
  /** Pixels since garbage was collected. */
  #decoded = 0;

  constructor(budget: SharedBudget) {
    this.#free = budget;
    this.#most = budget[1] ?? 0;
  }

  /** Runs `work` with `pixels` of the budget and returns them however it ends. */
  async spend<Result>(pixels: number, work: () => Promise<Result>): Promise<Result> {
    if (pixels <= smallPixels) return work();
    const taken = Math.min(pixels, this.#most);
    while (!this.#take(taken)) {
      const free = Atomics.load(this.#free, 0);
      if (free < taken) await waitAsync(this.#free, 0, free).value;
    }
    try {
      if (taken >= garbagePixels) await this.#collect();
      return await work();
    } finally {
      this.#decoded += taken;
      // A picture that was released is free one turn later.
      if (this.#decoded < garbagePixels) await setImmediate();
      else await this.#collect();
      Atomics.add(this.#free, 0, taken);
      Atomics.notify(this.#free, 0);
    }
  }

  /** What is done with becomes unreachable one turn later, and libraries free their memory a turn after that. */
  async #collect(): Promise<void> {
    this.#decoded = 0;
    await setImmediate();
    collectAllGarbage();
    await setImmediate();
  }

  #take(pixels: number): boolean {
    const free = Atomics.load(this.#free, 0);
    return free >= pixels && Atomics.compareExchange(this.#free, 0, free, free - pixels) === free;
  }
}
