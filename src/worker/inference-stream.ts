import { Piscina } from 'piscina';
import { EigenfleetError } from '../shared/errors.ts';
import { turnRuntimeTelemetryOff } from '../shared/runtime-telemetry.ts';
import type { InferenceAnswer, InferenceInput } from './inference.ts';
import type { InferenceSetup, InferenceTask, OpenOutcome } from './inference-thread.ts';
import { buffersOf } from './transfer.ts';

/** One session of ONNX Runtime in a thread of its own: its binding computes synchronously and would block the main loop. */
export class InferenceStream {
  readonly #pool: Piscina<InferenceTask | undefined>;
  #calls = 0;

  constructor(setup: InferenceSetup) {
    turnRuntimeTelemetryOff();
    this.#pool = new Piscina({
      filename: new URL('./inference-thread.js', import.meta.url).href,
      minThreads: 1,
      maxThreads: 1,
      concurrentTasksPerWorker: 1,
      idleTimeout: Number.POSITIVE_INFINITY,
      workerData: setup,
    });
  }

  /** Calls that have no answer yet. */
  get calls(): number {
    return this.#calls;
  }

  /** Loads the model. Throws `EigenfleetError` with code `device` or `model`; the stream is to be closed then too. */
  async open(): Promise<void> {
    const outcome: OpenOutcome = await this.#pool.run(undefined, { name: 'open' });
    if (outcome.status === 'refused') throw new EigenfleetError(outcome.code, outcome.message);
  }

  async infer(inputs: readonly InferenceInput[]): Promise<InferenceAnswer> {
    const pixels = inputs.map((input) => input.pixels);
    const geometries = inputs.map((input) => input.geometry);
    this.#calls += 1;
    try {
      const transferList = buffersOf(pixels);
      return await this.#pool.run({ pixels, geometries }, { name: 'infer', transferList });
    } finally {
      this.#calls -= 1;
    }
  }

  async close(): Promise<void> {
    await this.#pool.run(undefined, { name: 'close' });
    await this.#pool.destroy();
  }
}
