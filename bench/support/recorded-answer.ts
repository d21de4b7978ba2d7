import { readFile } from 'node:fs/promises';
import type { ImageOutputs } from '../../src/model/session/image-outputs.ts';
import { loadModel } from '../../src/model/yolo/load-model.ts';
import { availableThreads } from '../../src/shared/host/threads/cpu-quota.ts';
import type { RunSpec } from '../../src/shared/run/run-spec.ts';
import { prepareSample, prepareSettingsOf } from '../../src/worker/explain/prepare-sample.ts';
import { startRuntimeInference } from '../../src/worker/inference/runtime-inference.ts';
import { benchSpec } from './spec.ts';

export interface RecordedAnswer {
  readonly spec: RunSpec;
  readonly answer: ImageOutputs;
}

export interface Recording {
  /** Paths of the model and of one image. */
  readonly model: string;
  readonly image: string;
  /** Images of the run that the spec is for. */
  readonly images: number;
}

/** One real answer of the graph for one real image, to be given for every image. */
export async function recordAnswer({ model, image, images }: Recording): Promise<RecordedAnswer> {
  const loaded = await loadModel(model);
  const spec = benchSpec(loaded, images);
  const { options } = spec;
  const inference = await startRuntimeInference({
    ...{ loaded, options, device: 'cpu', threads: availableThreads(), images: 1 },
  });
  const pixels = new Uint8Array(3 * spec.model.inputHeight * spec.model.inputWidth);
  const settings = prepareSettingsOf(spec.model, options);
  const prepared = await prepareSample(await readFile(image), settings, pixels);
  if (prepared.status !== 'success') throw new Error(prepared.reason);
  const { images: answers } = await inference.infer([{ pixels, geometry: prepared.geometry }]);
  await inference.close();
  return { spec, answer: answers[0]! };
}
