/** Most bytes of samples in flight in a process, over all its shards: files, their decoded pixels, model inputs. */
export const inFlightBytes = 192 * 1024 * 1024;

/**
 * Bounds what is in flight by bytes. A request waits, first come first served, until it fits; one that is larger than the whole
 * budget passes when nothing else is in flight, so that no sample is too large to be explained.
 */
export class ByteBudget {
  readonly limitBytes: number;
  #usedBytes = 0;
  readonly #waiting: { bytes: number; grant: () => void }[] = [];

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Resolves when `bytes` are granted; return them with `release(bytes)`. */
  async acquire(bytes: number): Promise<void> {
    if (this.#waiting.length === 0 && this.#fits(bytes)) {
      this.#usedBytes += bytes;
      return;
    }
    await new Promise<void>((grant) => this.#waiting.push({ bytes, grant }));
  }

  release(bytes: number): void {
    this.#usedBytes -= bytes;
    let next = this.#waiting[0];
    while (next && this.#fits(next.bytes)) {
      this.#usedBytes += next.bytes;
      this.#waiting.shift();
      next.grant();
      next = this.#waiting[0];
    }
  }

  #fits(bytes: number): boolean {
    return this.#usedBytes === 0 || this.#usedBytes + bytes <= this.limitBytes;
  }
}
