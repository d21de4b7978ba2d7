import type { ImageOutputs } from '../model/image-outputs.ts';
import { messageOf } from '../shared/errors.ts';
import type { LetterboxGeometry } from '../shared/letterbox-geometry.ts';
import type { ExplainOptions, ModelSpec, TargetLayer } from '../shared/run-spec.ts';
import type { Inference, InferenceInput } from './inference.ts';
import { InferenceBatcher } from './inference-batcher.ts';
import type { InterpretedSample } from './interpret-sample.ts';
import { PixelPool } from './pixel-pool.ts';
import { StageTimer } from './stage-timer.ts';

/** One image with everything that is known of it. */
export type ExplainedSample =
  | ({ readonly status: 'success'; readonly geometry: LetterboxGeometry } & InterpretedSample)
  | { readonly status: 'failed_to_decode' | 'failed_to_infer'; readonly reason: string };

export interface ExplainerSettings {
  readonly model: Pick<ModelSpec, 'task' | 'classNames' | 'inputHeight' | 'inputWidth'>;
  readonly targetLayers: readonly TargetLayer[];
  readonly options: ExplainOptions;
}

/**
 * Explains images: decode and letterbox in the pixel pool, the graph on the device, maps and measures in the pool again. Stateless between
 * images, so any number may be under way; the caller bounds them. Owns its inference and its pool: `close()` ends both.
 */
export class Explainer {
  readonly inference: Inference;
  readonly timer = new StageTimer();
  readonly #settings: ExplainerSettings;
  readonly #pool: PixelPool;
  readonly #batcher: InferenceBatcher<InferenceInput, ImageOutputs>;

  constructor(inference: Inference, settings: ExplainerSettings, pixelThreads: number) {
    this.inference = inference;
    this.#settings = settings;
    const { model, targetLayers, options } = settings;
    const { task, classNames, inputHeight, inputWidth } = model;
    const { resize, maxPixels } = options;
    this.#pool = new PixelPool(
      {
        prepare: { task, inputHeight, inputWidth, resize, maxPixels },
        interpret: { task, layers: targetLayers, options },
        classNames,
      },
      pixelThreads,
    );
    this.#batcher = new InferenceBatcher({
      batch: inference.batch,
      ahead: 2,
      run: async (inputs) => {
        const { images, inferMs } = await inference.infer(inputs);
        this.timer.add('infer', inferMs);
        return images;
      },
    });
  }

  /** Images under way that keep the device and the pool busy: one batch computing, one waiting, and the pool's own. */
  get usefulConcurrency(): number {
    return 2 * this.inference.batch + 2 * this.#pool.threads + 1;
  }

  /** Bytes of one prepared input and its answer, about. */
  get sampleBytes(): number {
    const { inputHeight, inputWidth } = this.#settings.model;
    return 4 * inputHeight * inputWidth;
  }

  async explain(bytes: Uint8Array): Promise<ExplainedSample> {
    const prepared = await this.#pool.prepare(bytes);
    if (prepared.status !== 'success') return prepared;
    const { pixels, geometry } = prepared;
    this.timer.add('decode', prepared.decodeMs);
    this.timer.add('letterbox', prepared.letterboxMs);
    const outputs = await this.#infer({ pixels, geometry });
    if ('status' in outputs) return outputs;
    const { sample, measureMs } = await this.#pool.interpret(outputs, geometry);
    this.timer.add('measure', measureMs);
    return { status: 'success', geometry, ...sample };
  }

  /** A JPEG of an explained image. `bytes` are those of its file. */
  async overlay(
    bytes: Uint8Array,
    sample: Extract<ExplainedSample, { status: 'success' }>,
  ): Promise<Uint8Array> {
    const { geometry, fused, detections, classScores } = sample;
    const task = { bytes, geometry, fused, detections, classScores };
    const { jpeg, overlayMs } = await this.#pool.overlay(task);
    this.timer.add('overlay', overlayMs);
    return jpeg;
  }

  async close(): Promise<void> {
    await this.#pool.close();
    await this.inference.close();
  }

  /** An image that the device refuses is a failed row; a device that refuses a blank image too is broken, and that is thrown. */
  async #infer(
    input: InferenceInput,
  ): Promise<ImageOutputs | { readonly status: 'failed_to_infer'; readonly reason: string }> {
    const { geometry } = input;
    try {
      return await this.#batcher.infer(input);
    } catch (error) {
      const { inputHeight, inputWidth } = this.#settings.model;
      const pixels = new Uint8Array(3 * inputHeight * inputWidth);
      await this.inference.infer([{ pixels, geometry }]);
      return { status: 'failed_to_infer', reason: `the model failed on it (${messageOf(error)})` };
    }
  }
}
