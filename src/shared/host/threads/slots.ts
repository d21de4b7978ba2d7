/** Lets at most `limit` tasks run at once; the others wait their turn in order. */
export class Slots {
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#taken < this.#limit) this.#taken++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await task();
    } finally {
      // The slot passes to the next in line, so that a later caller cannot take it first.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#taken--;
    }
  }
}
