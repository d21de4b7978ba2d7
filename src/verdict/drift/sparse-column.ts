/** A column most of whose images have no value: places and values of those that have, in the order in which they came. */
export class SparseColumn {
  #slots = new Uint32Array(64);
  #values = new Float32Array(64);
  #count = 0;

  add(slot: number, value: number): void {
    if (this.#count === this.#slots.length) {
      const [slots, values] = [this.#slots, this.#values];
      this.#slots = new Uint32Array(2 * slots.length);
      this.#slots.set(slots);
      this.#values = new Float32Array(2 * values.length);
      this.#values.set(values);
    }
    this.#slots[this.#count] = slot;
    this.#values[this.#count++] = value;
  }

  /** Writes the values into a column, and returns it. */
  filled(column: Float32Array): Float32Array {
    for (let i = 0; i < this.#count; i++) {
      column[this.#slots[i] as number] = this.#values[i] as number;
    }
    return column;
  }
}
