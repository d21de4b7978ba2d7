import { median } from './median.ts';

/** One thing to do, again and again: medians of its rates and of the process's CPU time. */
export class Turns {
  readonly #run: () => Promise<number>;
  readonly #rates: number[] = [];
  readonly #cpuMs: number[] = [];

  constructor(run: () => Promise<number>) {
    this.#run = run;
  }

  async take(isWarmUp: boolean): Promise<void> {
    const before = process.cpuUsage();
    const rate = await this.#run();
    const { user, system } = process.cpuUsage(before);
    if (isWarmUp) return;
    this.#rates.push(rate);
    this.#cpuMs.push((user + system) / 1000);
  }

  build(count: number): { readonly rate: number; readonly cpuMs: number } {
    return { rate: median(this.#rates), cpuMs: median(this.#cpuMs) / count };
  }
}
