import type { ProbeReport } from '../../model/probe/probe-report.ts';
import { turnRuntimeTelemetryOff } from '../../model/runtime/runtime-telemetry.ts';
import type { BatchSums } from '../../shared/basis/activation-sums.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import { restBeforeProcessEnds } from '../../shared/host/process-end.ts';
import type { TaskOptions, Tasks } from '../../shared/host/threads/tasks.ts';
import { buffersOf } from './buffers-of.ts';
import type { Activations, InferenceAnswer, InferenceInput } from './inference.ts';
import type { InferenceSetup } from './inference-setup.ts';
import type { ActivationsTask, InferenceTask, OpenOutcome } from './inference-work.ts';
import type { ProbeAnswer } from './probe-setup.ts';

export interface StreamSetup extends Omit<InferenceSetup, 'stop'> {
  /** Compute in the thread that calls, which is blocked meanwhile; absent: in one of its own. */
  readonly here?: boolean | undefined;
}

/** One session of ONNX Runtime. Its binding computes synchronously, which is why it has a thread of its own unless there is little to compute. */
export class InferenceStream {
  readonly #tasks: Promise<Tasks>;
  readonly #forgetRest: () => void;
  readonly #idle = new Set<() => void>();
  /** When not 0, pending calls are answered at once. */
  readonly #stop = new Int32Array(new SharedArrayBuffer(4));
  #calls = 0;

  constructor({ here = false, ...plan }: StreamSetup) {
    turnRuntimeTelemetryOff();
    const setup = { ...plan, stop: this.#stop };
    this.#tasks = here ? tasksHere(setup) : tasksInThread(setup);
    // Who asks for a task is told.
    this.#tasks.catch(() => {});
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
    await (await this.#tasks).close();
    this.#forgetRest();
  }

  async #call<Answer>(
    task: InferenceTask | ActivationsTask | undefined,
    options: TaskOptions,
  ): Promise<Answer> {
    this.#calls += 1;
    try {
      return await (await this.#tasks).run(task, options);
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

async function tasksHere(setup: InferenceSetup): Promise<Tasks> {
  const { OwnTasks } = await import('../../shared/host/threads/own-tasks.ts');
  const { InferenceWork } = await import('./inference-work.ts');
  const work = new InferenceWork(setup);
  const works = {
    open: () => work.open(),
    probe: () => work.probe(),
    infer: (task: InferenceTask) => work.infer(task),
    sums: (task: InferenceTask) => work.sums(task),
    activations: (task: ActivationsTask) => work.activations(task),
    close: () => work.close(),
  };
  return new OwnTasks(works, 1);
}

async function tasksInThread(setup: InferenceSetup): Promise<Tasks> {
  const { ThreadTasks } = await import('../../shared/host/threads/thread-tasks.ts');
  return new ThreadTasks({
    filename: new URL('./inference-thread.js', import.meta.url).href,
    maxThreads: 1,
    concurrentTasksPerWorker: 1,
    // It makes a few small objects a call: the young generation of a pixel thread would only take memory.
    resourceLimits: { maxYoungGenerationSizeMb: 6 },
    workerData: setup,
  });
}
