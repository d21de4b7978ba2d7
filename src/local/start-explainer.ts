import { stat } from 'node:fs/promises';
import { chooseDevice, parseDevice } from '../model/runtime/devices.ts';
import type { LoadedModel } from '../model/yolo/load-model.ts';
import { collectAllGarbage } from '../shared/host/garbage-collection.ts';
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
  /** Nobody else uses this thread: few images are explained in it. */
  readonly ownsThread?: boolean | undefined;
}

/** So few are explained in less CPU time without threads than with them, on two cores in no more time either, and in half of the memory (docs/performance.md). */
const fewImages = 24;
/** A larger model computes an image for so long that signals and progress would wait for it. */
const smallModelBytes = 64 * 2 ** 20;

/** Chooses the device, reports it, and loads the model on it. */
export async function startExplainer(start: ExplainerStart): Promise<Explainer> {
  const { loaded, execution, note, options, images, ownsThread } = start;
  const { device, sentence } = await chooseDevice(parseDevice(execution.device));
  note(sentence);
  const threads = execution.threads ?? availableThreads();
  const { batch } = execution;
  const isLittle = device === 'cpu' && images <= fewImages && (await isSmall(loaded.path));
  const here = ownsThread === true && isLittle;
  // The model's file, as the plan read it.
  collectAllGarbage();
  const runtime = { loaded, options, device, threads, batch, images, here };
  const inference = await startRuntimeInference(runtime);
  const pixelThreads = here ? 0 : pixelThreadsOf(threads, images);
  return new Explainer(inference, start, pixelThreads, loaded.path);
}

async function isSmall(path: string): Promise<boolean> {
  return (await stat(path)).size <= smallModelBytes;
}
