interface Waiting<Input, Output> {
  input: Input;
  resolve: (output: Output) => void;
  reject: (error: unknown) => void;
}

export interface BatcherOptions<Input, Output> {
  /** Inputs per run; 1 runs each as it arrives. */
  readonly batch: number;
  /** Runs that compute at once. */
  readonly streams: number;
  /** Runs queued, those being computed included, so that the device never waits for the main thread. */
  readonly ahead: number;
  /** Inputs of different keys never run together; without it all may. */
  readonly keyOf?: ((input: Input) => string) | undefined;
  /** Computes one to `batch` inputs; one output per input, same order. */
  readonly run: (inputs: readonly Input[]) => Promise<readonly Output[]>;
}

/**
 * Gathers single inputs into batches. A batch runs when it is full, or when the device would otherwise idle: so the last
 * images of a shard, or a slow disk, never wait for a full batch.
 */
export class InferenceBatcher<Input, Output> {
  readonly #options: BatcherOptions<Input, Output>;
  readonly #waiting: Waiting<Input, Output>[] = [];
  #running = 0;

  constructor(options: BatcherOptions<Input, Output>) {
    this.#options = options;
  }

  infer(input: Input): Promise<Output> {
    return new Promise<Output>((resolve, reject) => {
      this.#waiting.push({ input, resolve, reject });
      this.#pump();
    });
  }

  #pump(): void {
    const { batch, streams, ahead } = this.#options;
    while (this.#waiting.length > 0 && this.#running < ahead) {
      const members = this.#nextBatch();
      if (members.length < batch && this.#running >= streams) return;
      for (const one of members) this.#waiting.splice(this.#waiting.indexOf(one), 1);
      void this.#runBatch(members);
    }
  }

  /** The first inputs that fill a batch; where there are too few of every key, those that may run with the oldest. */
  #nextBatch(): readonly Waiting<Input, Output>[] {
    const { batch, keyOf } = this.#options;
    if (keyOf === undefined || batch === 1) return this.#waiting.slice(0, batch);
    const alike = new Map<string, Waiting<Input, Output>[]>();
    for (const one of this.#waiting) {
      const key = keyOf(one.input);
      const members = alike.get(key) ?? [];
      alike.set(key, members);
      members.push(one);
      if (members.length === batch) return members;
    }
    return alike.values().next().value ?? [];
  }

  async #runBatch(members: readonly Waiting<Input, Output>[]): Promise<void> {
    this.#running += 1;
    try {
      const outputs = await this.#options.run(members.map((member) => member.input));
      for (const [index, member] of members.entries()) {
        const output = outputs[index];
        if (output === undefined) member.reject(new RangeError(`no output ${index} in the batch`));
        else member.resolve(output);
      }
    } catch (error) {
      for (const member of members) member.reject(error);
    } finally {
      this.#running -= 1;
      this.#pump();
    }
  }
}
