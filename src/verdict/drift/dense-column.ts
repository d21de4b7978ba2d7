/** A column most of whose images have a value; NaN where one has none. */
export class DenseColumn {
  readonly #most: number;
  #values: Float32Array = new Float32Array(0);

  /** @param most images that it will have at most, or a few more */
  constructor(most: number) {
    this.#most = most;
  }

  put(slot: number, value: number): void {
    if (slot >= this.#values.length) this.#grow(slot);
    this.#values[slot] = value;
  }

  /** [size] */
  values(size: number): Float32Array {
    if (this.#values.length >= size) return this.#values.subarray(0, size);
    const whole = emptyColumn(size);
    whole.set(this.#values);
    return whole;
  }

  /** Puts images into new places. @param from of each new place the former one */
  move(from: Uint32Array): void {
    const values = this.#values;
    const moved = emptyColumn(Math.max(values.length, from.length));
    for (let i = 0; i < from.length; i++) moved[i] = values[from[i] as number] ?? Number.NaN;
    this.#values = moved;
  }

  #grow(slot: number): void {
    const some = slot + 64 + (slot >> 4);
    const grown = emptyColumn(Math.max(some, Math.min(this.#most, 2 * slot)));
    grown.set(this.#values);
    this.#values = grown;
  }
}

export function emptyColumn(length: number): Float32Array {
  return new Float32Array(length).fill(Number.NaN);
}
