import { pathToFileURL } from 'node:url';
import { loadModel } from '../../src/model/yolo/load-model.ts';
import { targetLayersOf } from '../../src/producer/plan/model-spec.ts';
import type { RunSpec } from '../../src/shared/run/run-spec.ts';
import { resolveOptions } from '../../src/shared/settings/resolve-options.ts';
import { tinyModel } from './fleet.ts';

/** The spec of a run of the tiny model over images below `rootUri`. */
export async function tinySpec(rootUri: string, images = 4): Promise<RunSpec> {
  const loaded = await loadModel(tinyModel);
  const { explain: options } = resolveOptions({
    settings: { overlays: { all: false, flagged: false, sample: 0 } },
    imageCount: images,
    targetLayers: loaded.layers.map(({ name }) => name),
  });
  const { task, classNames, inputHeight, inputWidth, description, sizeBytes } = loaded.model;
  return {
    ...{ schema: 'run@2', runId: 'torn', plannedAt: '', versions: {}, command: '', options },
    model: {
      ...{ uri: pathToFileURL(tinyModel).href, sha256: loaded.sha256, sizeBytes, description },
      ...{ task, classNames: [...classNames], inputHeight, inputWidth },
    },
    targetLayers: targetLayersOf(loaded),
    dataset: {
      ...{ rootUri, source: 'images', name: 'images', digest: '', sizeBytes: 0 },
      ...{ images, shards: 1 },
    },
  };
}
