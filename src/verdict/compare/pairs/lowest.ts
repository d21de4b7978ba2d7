/** The `capacity` values with the lowest ranks; of equal ranks those that came first. */
export class Lowest<Value> {
  readonly #capacity: number;
  readonly #kept: { readonly rank: number; readonly value: Value }[] = [];

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get values(): readonly Value[] {
    return this.#kept.map(({ value }) => value);
  }

  /** @param make called only for what is kept */
  add(rank: number, make: () => Value): void {
    const last = this.#kept.at(-1);
    const isFull = this.#kept.length === this.#capacity;
    if (isFull && last !== undefined && rank >= last.rank) return;
    let at = this.#kept.length;
    while (at > 0 && rank < (this.#kept[at - 1]?.rank ?? 0)) at -= 1;
    this.#kept.splice(at, 0, { rank, value: make() });
    if (isFull) this.#kept.pop();
  }
}
