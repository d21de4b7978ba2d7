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
      if (this.#waiting.length < batch && this.#running >= streams) return;
      void this.#runBatch(this.#waiting.splice(0, batch));
    }
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
