import { keyMix } from '../../shared/run/carry/key-mix.ts';

/** `keyMix` of keys that are added one by one, in a growing array. */
export class KeyMixes {
  #mixes = new Uint32Array(1024);
  #count = 0;

  add(key: string): void {
    if (this.#count === this.#mixes.length) {
      const larger = new Uint32Array(2 * this.#count);
      larger.set(this.#mixes);
      this.#mixes = larger;
    }
    this.#mixes[this.#count++] = keyMix(key);
  }

  finish(): Uint32Array {
    return this.#mixes.subarray(0, this.#count);
  }
}

/** The greatest of the `count` lowest; -1 where none is wanted. Two images with the same one are both above or below. */
export function lowestLimit(mixes: Uint32Array, count: number): number {
  if (count === 0) return -1;
  if (count >= mixes.length) return 0xffffffff;
  return mixes.slice().sort()[count - 1] ?? -1;
}
