import { createHash } from 'node:crypto';
import { seededRandom } from '../support/seeded-random.ts';

/** Choices that depend on nothing but a label such as `1/schedule/17`, so that one of a campaign can be made again alone. */
export class Seeded {
  readonly #next: () => number;

  constructor(label: string) {
    this.#next = seededRandom(createHash('sha256').update(label).digest().readInt32LE(0));
  }

  /** In [0, 1). */
  next(): number {
    return this.#next();
  }

  /** In [0, below). */
  int(below: number): number {
    return Math.floor(this.#next() * below);
  }

  /** In [low, high). */
  between(low: number, high: number): number {
    return low + this.#next() * (high - low);
  }

  pick<T>(choices: readonly T[]): T {
    const chosen = choices[this.int(choices.length)];
    if (chosen === undefined) throw new Error('There is nothing to choose from.');
    return chosen;
  }

  /** `count` different ones, or all. */
  sample<T>(choices: readonly T[], count: number): T[] {
    return this.shuffle(choices).slice(0, count);
  }

  shuffle<T>(items: readonly T[]): T[] {
    const order = items.map((item) => ({ item, at: this.#next() }));
    return order.sort((a, b) => a.at - b.at).map(({ item }) => item);
  }

  bytes(count: number): Buffer {
    return Buffer.from(Array.from({ length: count }, () => this.int(256)));
  }
}
