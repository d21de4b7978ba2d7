import { modelFault } from '../../model/runtime/model-fault.ts';
import { type BatchSums, emptySums, withBatch } from '../../shared/basis/activation-sums.ts';
import type { HalfSums } from '../../shared/basis/dataset-basis.ts';
import { messageOf } from '../../shared/errors.ts';
import { collectBuffers } from '../../shared/host/garbage-collection.ts';
import { areFinite } from '../../shared/statistics/are-finite.ts';
import type { ExplainerSettings } from '../explain/explainer.ts';
import { PixelPool } from '../explain/pixel-pool.ts';
import { PixelSlots } from '../explain/pixel-slots.ts';
import { inputBytesOf, prepareSettingsOf } from '../explain/prepare-sample.ts';
import type { InferenceInput, SumsInference } from '../inference/inference.ts';
import { InferenceBatcher } from '../inference/inference-batcher.ts';

export type SummedImage =
  | { readonly status: 'success' }
  | { readonly status: 'failed_to_decode' | 'failed_to_infer'; readonly reason: string };

interface HalfInput extends InferenceInput {
  /** Which half of the images it is of. */
  readonly half: 0 | 1;
}

/**
 * Sums the activations of images over their content cells: decode and letterbox in the pixel pool, sums on the device, float64 here. Two halves of the
 * images are kept apart, so a batch holds images of one half. Any number of images may be in flight; the caller bounds them. Owns its inference.
 */
export class DatasetSummer {
  readonly #inference: SumsInference;
  readonly #pool: PixelPool;
  readonly #slots: PixelSlots;
  readonly #batcher: InferenceBatcher<HalfInput, SummedImage>;
  /** By layer. */
  readonly #sums: HalfSums[];

  constructor(inference: SumsInference, settings: ExplainerSettings, pixelThreads: number) {
    const { model, targetLayers, options } = settings;
    const { task, classNames } = model;
    this.#inference = inference;
    this.#pool = new PixelPool(
      {
        prepare: prepareSettingsOf(model, options),
        interpret: { task, input: model, layers: targetLayers, options },
        classNames,
      },
      pixelThreads,
    );
    this.#slots = new PixelSlots(inputBytesOf(model));
    this.#sums = targetLayers.map(({ channels }) => [
      emptySums(channels + 1),
      emptySums(channels + 1),
    ]);
    this.#batcher = new InferenceBatcher({
      batch: inference.batch,
      streams: inference.streams,
      ahead: inference.streams + 1,
      keyOf: ({ half, geometry }) => `${half} ${geometry.inputHeight}x${geometry.inputWidth}`,
      run: (inputs) => this.#runBatch(inputs),
    });
  }

  get usefulConcurrency(): number {
    const { batch, streams } = this.#inference;
    return (streams + 1) * 2 * batch + 2 * this.#pool.threads + 1;
  }

  /** Adds the image in these bytes of a file to the sums of a half, or returns why it cannot be. */
  async add(bytes: Uint8Array, half: 0 | 1): Promise<SummedImage> {
    collectBuffers();
    return this.#slots.lend(async (pixels) => {
      const prepared = await this.#pool.prepare({ bytes, pixels });
      if (prepared.status !== 'success') return prepared;
      const { geometry } = prepared;
      return this.#batcher.infer({ pixels, geometry, half });
    });
  }

  /** Of each target layer. */
  sums(): readonly HalfSums[] {
    return [...this.#sums];
  }

  async close(): Promise<void> {
    await this.#pool.close();
    await this.#inference.close();
  }

  /** Where one image of a batch spoils its sums, or fails the model, each is computed alone: it costs none of the others. */
  async #runBatch(inputs: readonly HalfInput[]): Promise<readonly SummedImage[]> {
    const [first] = inputs;
    if (first === undefined) return [];
    const answer = await this.#sumsOf(inputs);
    if ('layers' in answer) {
      this.#book(first.half, answer.layers);
      return inputs.map(() => ({ status: 'success' }));
    }
    if (inputs.length === 1) return [{ status: 'failed_to_infer', reason: answer.reason }];
    const images: SummedImage[] = [];
    for (const input of inputs) images.push(...(await this.#runBatch([input])));
    return images;
  }

  async #sumsOf(
    inputs: readonly HalfInput[],
  ): Promise<{ layers: readonly BatchSums[] } | { reason: string }> {
    let layers: readonly BatchSums[];
    try {
      layers = await this.#inference.sums(inputs);
    } catch (error) {
      if (!messageOf(error).includes('status code returned while running')) throw error;
      return { reason: `the model failed on it: ${modelFault(messageOf(error))}` };
    }
    const finite = layers.every(({ scatter, means }) => areFinite(scatter) && areFinite(means));
    return finite ? { layers } : { reason: 'its activations are not finite, or too large' };
  }

  #book(half: 0 | 1, layers: readonly BatchSums[]): void {
    for (const [index, batch] of layers.entries()) {
      const sums = this.#sums[index];
      if (sums === undefined) continue;
      const [even, odd] = sums;
      this.#sums[index] =
        half === 0 ? [withBatch(even, batch), odd] : [even, withBatch(odd, batch)];
    }
  }
}
