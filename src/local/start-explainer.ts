import { chooseDevice, parseDevice } from '../model/runtime/devices.ts';
import type { LoadedModel } from '../model/yolo/load-model.ts';
import { availableThreads } from '../shared/host/threads/cpu-quota.ts';
import type { ExecutionOptions } from '../shared/settings/resolve-options.ts';
import { Explainer, type ExplainerSettings } from '../worker/explain/explainer.ts';
import { pixelThreadsOf } from '../worker/explain/pixel-pool.ts';
import { startRuntimeInference } from '../worker/inference/runtime-inference.ts';

export interface ExplainerStart extends ExplainerSettings {
  readonly loaded: LoadedModel;
  readonly execution: ExecutionOptions;
  note(line: string): void;
  /** Approximate number of images to explain. */
  readonly images: number;
}

/** Chooses the device, reports it, and loads the model on it. */
export async function startExplainer(start: ExplainerStart): Promise<Explainer> {
  const { loaded, execution, note, options, images } = start;
  const { device, sentence } = await chooseDevice(parseDevice(execution.device));
  note(sentence);
  const threads = execution.threads ?? availableThreads();
  const { batch } = execution;
  const runtime = { loaded, options, device, threads, batch, images };
  const inference = await startRuntimeInference(runtime);
  return new Explainer(inference, start, pixelThreadsOf(threads, images), loaded.path);
}
