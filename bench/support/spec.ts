import { pathToFileURL } from 'node:url';
import type { LoadedModel } from '../../src/model/yolo/load-model.ts';
import { targetLayersOf } from '../../src/producer/plan/model-spec.ts';
import type { RunSpec } from '../../src/shared/run/run-spec.ts';
import { resolveOptions } from '../../src/shared/settings/resolve-options.ts';

/** A run of the defaults, with maps and without overlays, that no planner has seen. */
export function benchSpec({ path, sha256, model, layers }: LoadedModel, images: number): RunSpec {
  const settings = { overlays: { all: false, flagged: false, sample: 0 } };
  const targetLayers = layers.map(({ name }) => name);
  const { explain } = resolveOptions({ settings, imageCount: images, targetLayers });
  const { task, classNames, inputHeight, inputWidth, description, sizeBytes } = model;
  const facts = { task, classNames: [...classNames], inputHeight, inputWidth, description };
  return {
    schema: 'run@2',
    runId: 'bench',
    plannedAt: new Date(0).toISOString(),
    model: { uri: pathToFileURL(path).href, sha256, sizeBytes, ...facts },
    targetLayers: targetLayersOf({ layers }),
    dataset: {
      ...{ rootUri: 'file:///', source: 'bench', name: 'bench', digest: 'bench' },
      ...{ images, shards: Math.ceil(images / explain.shardSize), sizeBytes: 0 },
    },
    options: explain,
    versions: {},
    command: 'bench',
  };
}
