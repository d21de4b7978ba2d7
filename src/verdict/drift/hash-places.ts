const empty = -1;

/** Places by hash, a whole number in [0, 2^53), in two flat arrays: a Map of hundreds of thousands holds an object for each hash. */
export class HashPlaces {
  #hashes = new Float64Array(256).fill(empty);
  #places = new Int32Array(256);
  #count = 0;

  get size(): number {
    return this.#count;
  }

  /** -1 where there is none. */
  get(hash: number): number {
    const at = this.#find(hash);
    return this.#hashes[at] === hash ? (this.#places[at] as number) : -1;
  }

  set(hash: number, place: number): void {
    const at = this.#find(hash);
    this.#places[at] = place;
    if (this.#hashes[at] === hash) return;
    this.#hashes[at] = hash;
    this.#count += 1;
    if (2 * this.#count > this.#hashes.length) this.#grow();
  }

  clear(): void {
    this.#hashes.fill(empty);
    this.#count = 0;
  }

  /** Where it is, or would be put: hashes are even in their lowest bits too. */
  #find(hash: number): number {
    const last = this.#hashes.length - 1;
    let at = (hash >>> 0) & last;
    while (this.#hashes[at] !== hash && this.#hashes[at] !== empty) at = (at + 1) & last;
    return at;
  }

  #grow(): void {
    const [hashes, places] = [this.#hashes, this.#places];
    this.#hashes = new Float64Array(2 * hashes.length).fill(empty);
    this.#places = new Int32Array(2 * hashes.length);
    this.#count = 0;
    for (let i = 0; i < hashes.length; i++) {
      if (hashes[i] !== empty) this.set(hashes[i] as number, places[i] as number);
    }
  }
}
