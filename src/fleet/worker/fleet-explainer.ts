import { cacheModel } from '../../model/cache/model-cache.ts';
import type { Device } from '../../model/runtime/devices.ts';
import { readRunBasis } from '../../shared/basis/run-basis.ts';
import type { AnswerWatch } from '../../shared/host/answer-watch.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { Explainer } from '../../worker/explain/explainer.ts';
import { pixelThreadsOf } from '../../worker/explain/pixel-pool.ts';
import { startRuntimeInference } from '../../worker/inference/runtime-inference.ts';
import { watchedInference } from '../../worker/inference/watched-inference.ts';
import { loadRunModel } from '../../worker/queue/load-run-model.ts';

export interface FleetExplainerOptions {
  readonly device: Device;
  readonly threads: number;
  readonly batch: number | undefined;
  readonly cacheFolder: string | undefined;
  /** Bytes of all cached models together. */
  readonly cacheBytes: number;
  /** Watches every model call. */
  readonly watch: AnswerWatch;
}

/** Fetches a run's model into the cache of this machine, once, and loads it on the device. */
export async function startFleetExplainer(
  spec: RunSpec,
  store: ObjectStore,
  { device, threads, batch, cacheFolder, cacheBytes, watch }: FleetExplainerOptions,
): Promise<Explainer> {
  const { sha256 } = spec.model;
  const key = objectKeys.model(sha256);
  const { path } = await cacheModel({ store, key, sha256, cacheFolder, limitBytes: cacheBytes });
  const basis = await readRunBasis(store, spec);
  const loaded = { ...(await loadRunModel(path, spec)), basis };
  const { options } = spec;
  const { images } = spec.dataset;
  const runtime = { loaded, options, device, threads, batch, images, cacheFolder };
  const inference = await startRuntimeInference(runtime);
  const watched = watchedInference(inference, watch);
  return new Explainer(watched, spec, pixelThreadsOf(threads), path);
}
