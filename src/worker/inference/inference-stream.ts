import { Piscina } from 'piscina';
import type { ProbeReport } from '../../model/probe/probe-report.ts';
import { turnRuntimeTelemetryOff } from '../../model/runtime/runtime-telemetry.ts';
import type { BatchSums } from '../../shared/basis/activation-sums.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import { restBeforeProcessEnds } from '../../shared/host/process-end.ts';
import { LoadedThreads } from '../../shared/host/threads/loaded-threads.ts';
import type { Activations, InferenceAnswer, InferenceInput } from './inference.ts';
import type { InferenceSetup } from './inference-setup.ts';
import type { ActivationsTask, InferenceTask, OpenOutcome } from './inference-thread.ts';
import type { ProbeAnswer } from './probe-setup.ts';
import { buffersOf } from './transfer.ts';

/** One session of ONNX Runtime in its own thread: its binding computes synchronously and would block the main loop. */
export class InferenceStream {
  readonly #pool: Piscina<InferenceTask | ActivationsTask | undefined>;
  readonly #threads: LoadedThreads;
  readonly #forgetRest: () => void;
  readonly #idle = new Set<() => void>();
  /** Set by the thread: when not 0, pending calls are answered at once. */
  readonly #stop = new Int32Array(new SharedArrayBuffer(4));
  #calls = 0;

  constructor(setup: Omit<InferenceSetup, 'stop'>) {
    turnRuntimeTelemetryOff();
    this.#pool = new Piscina({
      filename: new URL('./inference-thread.js', import.meta.url).href,
      minThreads: 1,
      maxThreads: 1,
      concurrentTasksPerWorker: 1,
      idleTimeout: Number.POSITIVE_INFINITY,
      // It makes a few small objects a call: the young generation of a pixel thread would only take memory.
      resourceLimits: { maxYoungGenerationSizeMb: 6 },
      workerData: { ...setup, stop: this.#stop } satisfies InferenceSetup,
    });
    this.#threads = new LoadedThreads(this.#pool);
    this.#forgetRest = restBeforeProcessEnds(() => this.#rest());
  }

  /** Pending calls. */
  get calls(): number {
    return this.#calls;
  }

  /** Loads the model. Throws `EigenfleetError` with code `device` or `model`; close the stream then too. */
  async open(): Promise<void> {
    const outcome: OpenOutcome = await this.#call(undefined, { name: 'open' });
    if (outcome.status === 'refused') throw new EigenfleetError(outcome.code, outcome.message);
  }

  /** Tries the model on a made image, before it is opened. Throws `EigenfleetError('model')` where that shows something wrong. */
  async probe(): Promise<ProbeReport | undefined> {
    const answer: ProbeAnswer = await this.#call(undefined, { name: 'probe' });
    if (answer.status === 'refused') throw new EigenfleetError(answer.code, answer.message);
    return answer.report;
  }

  async infer(inputs: readonly InferenceInput[]): Promise<InferenceAnswer> {
    const pixels = inputs.map((input) => input.pixels);
    const geometries = inputs.map((input) => input.geometry);
    return this.#call({ pixels, geometries }, { name: 'infer', transferList: buffersOf(pixels) });
  }

  /** Sums over the images, of each layer. */
  async sums(inputs: readonly InferenceInput[]): Promise<readonly BatchSums[]> {
    const pixels = inputs.map((input) => input.pixels);
    const geometries = inputs.map((input) => input.geometry);
    return this.#call({ pixels, geometries }, { name: 'sums', transferList: buffersOf(pixels) });
  }

  async activations(input: InferenceInput, layers: readonly number[]): Promise<Activations> {
    const { pixels, geometry } = input;
    return this.#call(
      { pixels, geometry, layers },
      { name: 'activations', transferList: buffersOf([pixels]) },
    );
  }

  async close(): Promise<void> {
    await this.#call(undefined, { name: 'close' });
    await this.#threads.destroy();
    this.#forgetRest();
  }

  async #call<Answer>(
    task: InferenceTask | ActivationsTask | undefined,
    options: Parameters<Piscina['run']>[1],
  ): Promise<Answer> {
    this.#calls += 1;
    try {
      return await this.#pool.run(task, options);
    } finally {
      this.#calls -= 1;
      if (this.#calls === 0) for (const idle of this.#idle) idle();
    }
  }

  async #rest(): Promise<void> {
    Atomics.store(this.#stop, 0, 1);
    if (this.#calls > 0) await new Promise<void>((idle) => this.#idle.add(idle));
  }
}
