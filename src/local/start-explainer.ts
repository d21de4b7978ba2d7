import { chooseDevice, parseDevice } from '../model/runtime/devices.ts';
import type { LoadedModel } from '../model/yolo/load-model.ts';
import { collectAllGarbage } from '../shared/host/garbage-collection.ts';
import { availableThreads } from '../shared/host/threads/cpu-quota.ts';
import type { ExecutionOptions } from '../shared/settings/resolve-options.ts';
import { Explainer, type ExplainerSettings } from '../worker/explain/explainer.ts';
import { pixelThreadsOf } from '../worker/explain/pixel-pool.ts';
import { startRuntimeInference } from '../worker/inference/runtime-inference.ts';
import { usesOwnThread } from './own-thread.ts';

export interface ExplainerStart extends ExplainerSettings {
  readonly loaded: LoadedModel;
  readonly execution: ExecutionOptions;
  note(line: string): void;
  /** Approximate number of images to explain. */
  readonly images: number;
  /** Nobody else uses this thread: few images are explained in it. */
  readonly ownsThread?: boolean | undefined;
}

/** Chooses the device, reports it, and loads the model on it. */
export async function startExplainer(start: ExplainerStart): Promise<Explainer> {
  const { loaded, execution, note, options, images, ownsThread } = start;
  const { device, sentence } = await chooseDevice(parseDevice(execution.device));
  note(sentence);
  const threads = execution.threads ?? availableThreads();
  const { batch } = execution;
  const here = await usesOwnThread({ ownsThread, device, images, modelPath: loaded.path });
  // The model's file, as the plan read it.
  collectAllGarbage();
  const runtime = { loaded, options, device, threads, batch, images, here };
  const inference = await startRuntimeInference(runtime);
  const pixelThreads = here ? 0 : pixelThreadsOf(threads, images);
  return new Explainer(inference, start, pixelThreads, loaded.path);
}
