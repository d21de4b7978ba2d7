/**
 * Starts one shard while the previous one finishes. A shard starts when all samples of the last one are begun and fewer than
 * `most` shards are unfinished.
 */
export class ShardOverlap {
  readonly #most: number;
  readonly #unfinished = new Set<Promise<void>>();
  readonly #failures: unknown[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  /**
   * Starts `work`, which calls `begun` when it has nothing left to begin. Resolves when another may start. Throws what an earlier shard
   * threw, once all have settled.
   */
  async start(work: (begun: () => void) => Promise<void>): Promise<void> {
    let unfinished: Promise<void> | undefined;
    await new Promise<void>((begun) => {
      unfinished = work(begun)
        .catch((error: unknown) => {
          this.#failures.push(error);
        })
        .finally(begun);
      this.#unfinished.add(unfinished);
    });
    const settled = unfinished;
    void settled?.then(() => this.#unfinished.delete(settled));
    while (this.#unfinished.size >= this.#most) await Promise.race(this.#unfinished);
    if (this.#failures.length > 0) await this.end();
  }

  /** Resolves when all have settled; throws what was thrown first. */
  async end(): Promise<void> {
    await Promise.all(this.#unfinished);
    if (this.#failures.length > 0) throw this.#failures[0];
  }
}
