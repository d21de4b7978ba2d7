import { Piscina } from 'piscina';
import type { Device } from '../model/devices.ts';
import type { LoadedModel } from '../model/load-model.ts';
import { EigenfleetError } from '../shared/errors.ts';
import type { ExplainOptions } from '../shared/run-spec.ts';
import type { Inference, InferenceAnswer, InferenceInput } from './inference.ts';
import type { InferenceSetup, InferenceTask, OpenOutcome } from './inference-thread.ts';
import { sessionBatch } from './session-batch.ts';
import { buffersOf } from './transfer.ts';

export interface RuntimeOptions {
  readonly loaded: LoadedModel;
  readonly options: Pick<ExplainOptions, 'components' | 'padding'>;
  readonly device: Device;
  /** Threads of the CPU provider. */
  readonly threads: number;
  /** Images a run; default: what the file is fixed to, else 1. */
  readonly batch?: number | undefined;
}

/**
 * ONNX Runtime in a thread of its own: its binding computes synchronously and would block the main loop. Resolves when the model is
 * loaded on the device. Throws `EigenfleetError` with code `device` or `model`.
 */
export async function startRuntimeInference(runtime: RuntimeOptions): Promise<Inference> {
  const { loaded, options, device, threads } = runtime;
  const batch = sessionBatch(loaded, runtime.batch);
  const { inputName, inputElemType, inputHeight, inputWidth, opset, headLayout } = loaded.model;
  const setup: InferenceSetup = {
    modelPath: loaded.path,
    facts: {
      ...{ inputName, inputElemType, inputHeight, inputWidth, opset, headLayout },
      batch: loaded.model.batch,
    },
    layers: loaded.layers,
    components: Math.max(...options.components),
    padding: options.padding,
    ...{ device, threads, batch },
  };
  const pool = new Piscina({
    filename: new URL('./inference-thread.js', import.meta.url).href,
    minThreads: 1,
    maxThreads: 1,
    concurrentTasksPerWorker: 1,
    idleTimeout: Number.POSITIVE_INFINITY,
    workerData: setup,
  });
  const outcome: OpenOutcome = await pool.run(undefined, { name: 'open' });
  if (outcome.status === 'refused') {
    await pool.destroy();
    throw new EigenfleetError(outcome.code, outcome.message);
  }
  return {
    device,
    batch,
    infer: (inputs) => infer(pool, inputs),
    close: async () => {
      await pool.run(undefined, { name: 'close' });
      await pool.destroy();
    },
  };
}

async function infer(
  pool: Piscina<InferenceTask | undefined>,
  inputs: readonly InferenceInput[],
): Promise<InferenceAnswer> {
  const pixels = inputs.map((input) => input.pixels);
  const geometries = inputs.map((input) => input.geometry);
  const transferList = buffersOf(pixels);
  return await pool.run({ pixels, geometries }, { name: 'infer', transferList });
}
