/** Tracks how long an answer has been pending: an inference thread that died or hangs never says so itself. */
export class AnswerWatch {
  readonly #now: () => number;
  /** When each open question was asked, the oldest first. */
  readonly #askedMs = new Map<symbol, number>();

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Asks, and watches until the answer or the refusal is there. */
  async ask<Value>(question: () => Promise<Value>): Promise<Value> {
    const id = Symbol('question');
    this.#askedMs.set(id, this.#now());
    try {
      return await question();
    } finally {
      this.#askedMs.delete(id);
    }
  }

  /** Milliseconds that the oldest open question has been waiting; 0 when none is open. */
  get owedMs(): number {
    const [oldestMs] = this.#askedMs.values();
    return oldestMs === undefined ? 0 : this.#now() - oldestMs;
  }
}
