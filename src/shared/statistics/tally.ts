import { compareText } from './exemplars.ts';

/** Counts by name. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(name: string, count = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + count);
  }

  /** [name, count] sorted by name. */
  entries(): [string, number][] {
    return [...this.#counts].sort(([a], [b]) => compareText(a, b));
  }
}
