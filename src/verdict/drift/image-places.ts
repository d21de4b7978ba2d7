/** Where an image lies, for examples. */
export interface DriftImage {
  readonly key: string;
  readonly shard: number;
  readonly row: number;
}

/** Keys and places of images by slot, in flat arrays: an object for each of hundreds of thousands takes twice the memory. */
export class ImagePlaces {
  #keys: string[] = [];
  #shards = new Uint32Array(64);
  #rows = new Uint32Array(64);

  /** @param slot the next one */
  put(slot: number, { key, shard, row }: DriftImage): void {
    if (slot >= this.#shards.length) {
      this.#shards = grown(this.#shards);
      this.#rows = grown(this.#rows);
    }
    this.#keys[slot] = key;
    this.#shards[slot] = shard;
    this.#rows[slot] = row;
  }

  at(slot: number): DriftImage {
    const [key, shard, row] = [this.#keys[slot], this.#shards[slot], this.#rows[slot]];
    return { key: key as string, shard: shard as number, row: row as number };
  }

  /** Puts images into new places. @param from of each new place the former one */
  move(from: Uint32Array): void {
    const [keys, shards, rows] = [this.#keys, this.#shards, this.#rows];
    this.#keys = Array.from(from, (slot) => keys[slot] as string);
    this.#shards = from.map((slot) => shards[slot] as number);
    this.#rows = from.map((slot) => rows[slot] as number);
  }
}

function grown(values: Uint32Array): Uint32Array<ArrayBuffer> {
  const room = new Uint32Array(Math.max(64, 2 * values.length));
  room.set(values);
  return room;
}
