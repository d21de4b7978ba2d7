import { readFileSync } from 'node:fs';
import type { ActivationLayer } from '../../src/model/eigen-cam/eigen-cam-graph.ts';
import { openActivationSession } from '../../src/model/session/activation-session.ts';
import { loadModel } from '../../src/model/yolo/load-model.ts';
import type { LetterboxGeometry } from '../../src/shared/run/letterbox-geometry.ts';
import { prepareImage } from './prepare-image.ts';

export interface LayerActivations {
  readonly layer: ActivationLayer;
  readonly images: readonly {
    /** [C, N] */
    readonly activations: Float32Array;
    readonly geometry: LetterboxGeometry;
  }[];
}

/** What the target layers of a model of fixed size hold for each image file, without Eigen-CAM in between. */
export async function rawActivations(
  model: string,
  files: readonly string[],
): Promise<readonly LayerActivations[]> {
  const loaded = await loadModel(model);
  const session = await openActivationSession({
    ...{ bytes: readFileSync(model), facts: loaded.model, layers: loaded.layers },
    ...{ device: 'cpu', threads: 1 },
  });
  const wanted = loaded.layers.map((_, index) => index);
  const images: { geometry: LetterboxGeometry; found: ReadonlyMap<number, Float32Array> }[] = [];
  for (const file of files) {
    const { pixels, geometry } = await prepareImage(file, loaded.model);
    images.push({ geometry, found: await session.run(pixels, geometry, wanted) });
  }
  await session.release();
  return loaded.layers.map((layer, index) => ({
    layer,
    images: images.map(({ found, geometry }) => ({ activations: found.get(index)!, geometry })),
  }));
}
