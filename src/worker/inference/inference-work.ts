import { gridMask } from '../../maps/grid-mask.ts';
import {
  type ActivationOptions,
  type ActivationSession,
  openActivationSession,
} from '../../model/session/activation-session.ts';
import {
  type AugmentedModel,
  augmentModel,
  otherLevels,
} from '../../model/session/augmented-graph.ts';
import {
  createExplainSession,
  type ExplainOutputs,
  type ExplainSession,
} from '../../model/session/explain-session.ts';
import { type ImageOutputs, imageOutputs } from '../../model/session/image-outputs.ts';
import { openSumsSession, type SumsSession } from '../../model/session/sums-session.ts';
import type { BatchSums } from '../../shared/basis/activation-sums.ts';
import { EigenfleetError, type ErrorCode } from '../../shared/errors.ts';
import { collectBuffers } from '../../shared/host/garbage-collection.ts';
import { mostFileBytes, readRegularFile } from '../../shared/host/regular-file.ts';
import { releaseBytes } from '../../shared/host/threads/release-bytes.ts';
import {
  type InputSize,
  type LetterboxGeometry,
  layerForImage,
} from '../../shared/run/letterbox-geometry.ts';
import type { Activations, InferenceAnswer } from './inference.ts';
import { explainPlanOf, type InferenceSetup } from './inference-setup.ts';
import { ownedOutputs } from './owned-outputs.ts';
import { type ProbeAnswer, probeSetup } from './probe-setup.ts';

export interface InferenceTask {
  readonly pixels: readonly Uint8Array[];
  readonly geometries: readonly LetterboxGeometry[];
}

export interface ActivationsTask {
  readonly pixels: Uint8Array;
  readonly geometry: LetterboxGeometry;
  /** Indices of the wanted layers. */
  readonly layers: readonly number[];
}

/** An error class does not survive posting between threads, so actionable errors travel as values. */
export type OpenOutcome =
  | { readonly status: 'opened' }
  | { readonly status: 'refused'; readonly code: ErrorCode; readonly message: string };

/** One session of ONNX Runtime, and what is made for it and of it. Computes in the thread that calls it. */
export class InferenceWork {
  readonly #setup: InferenceSetup;
  /** Of a batch of inputs. */
  readonly #stack: Uint8Array;
  #opened: Promise<ExplainSession> | undefined;
  /** Opened for the first image that needs it. */
  #again: Promise<ActivationSession> | undefined;
  #summing: Promise<SumsSession> | undefined;

  constructor(setup: InferenceSetup) {
    this.#setup = setup;
    const { inputChannels, inputHeight, inputWidth } = setup.facts;
    this.#stack = new Uint8Array(setup.batch * inputChannels * inputHeight * inputWidth);
  }

  /** Loads the model; the first task, so that a model or device that fails is known before the first image. */
  async open(): Promise<OpenOutcome> {
    this.#assertWanted();
    try {
      if (this.#setup.purpose === 'sums') await this.#openSums();
      else await this.#openExplain();
      return { status: 'opened' };
    } catch (error) {
      if (!(error instanceof EigenfleetError)) throw error;
      return { status: 'refused', code: error.code, message: error.message };
    }
  }

  /** Before `open`, so that two models are never held at once. */
  async probe(): Promise<ProbeAnswer> {
    this.#assertWanted();
    return probeSetup(this.#setup);
  }

  async infer(task: InferenceTask): Promise<InferenceAnswer> {
    this.#assertWanted();
    const session = await this.#openExplain();
    collectBuffers();
    const startedMs = performance.now();
    const size = this.#sizeOf(task);
    const pixels = this.#stacked(task.pixels, this.#bytesOf(size));
    const outputs = await session.run({ pixels, masks: this.#masksOf(task), ...size });
    const images = task.pixels.map((_, index) => ownedImage(outputs, index));
    const inferMs = performance.now() - startedMs;
    return { images, inferMs };
  }

  async activations(task: ActivationsTask): Promise<Activations> {
    this.#assertWanted();
    this.#again ??= this.#openPart(openActivationSession);
    const session = await this.#again;
    collectBuffers();
    const { pixels, geometry, layers } = task;
    return session.run(this.#stacked([pixels], this.#bytesOf(geometry)), geometry, layers);
  }

  /** Sums of each layer over the images of a task. */
  async sums(task: InferenceTask): Promise<readonly BatchSums[]> {
    this.#assertWanted();
    const session = await this.#openSums();
    collectBuffers();
    const size = this.#sizeOf(task);
    const pixels = this.#stacked(task.pixels, this.#bytesOf(size));
    const images = task.pixels.length;
    return session.run({ pixels, size, masks: this.#masksOf(task), images });
  }

  async close(): Promise<void> {
    // A failed open was reported to its caller and needs no release.
    const session = await this.#opened?.catch(() => undefined);
    await session?.release();
    this.#opened = undefined;
    const other = await this.#again?.catch(() => undefined);
    await other?.release();
    this.#again = undefined;
    const sumsSession = await this.#summing?.catch(() => undefined);
    await sumsSession?.release();
    this.#summing = undefined;
  }

  #assertWanted(): void {
    if (Atomics.load(this.#setup.stop, 0) !== 0) throw new Error('the process is ending');
  }

  #openExplain(): Promise<ExplainSession> {
    this.#opened ??= this.#openSession();
    return this.#opened;
  }

  #openSums(): Promise<SumsSession> {
    this.#summing ??= this.#openPart(openSumsSession);
    return this.#summing;
  }

  async #openSession(): Promise<ExplainSession> {
    const { device, threads } = this.#setup;
    const augmented = await this.#augmentedFile();
    const plan = { augmented, device, threads, ...this.#setup.weights };
    const session = await createExplainSession(plan);
    releaseBytes(augmented.bytes);
    return session;
  }

  async #augmentedFile(): Promise<AugmentedModel> {
    const { modelPath, facts } = this.#setup;
    const bytes = await readRegularFile(modelPath, { mostBytes: mostFileBytes.model });
    const augmented = augmentModel(bytes, facts, explainPlanOf(this.#setup));
    // ONNX Runtime holds the weights up to three times while it opens a model: the file that they were copied from would be once more.
    releaseBytes(bytes);
    return augmented;
  }

  /** A session of the part of the model that computes the target layers. */
  async #openPart<Session>(
    open: (options: ActivationOptions) => Promise<Session>,
  ): Promise<Session> {
    const { modelPath, facts, layers, device, threads, preprocessing } = this.#setup;
    const bytes = await readRegularFile(modelPath, { mostBytes: mostFileBytes.model });
    const plan = { layers, device, threads, preprocessing };
    return open({ bytes, facts, ...plan, ...this.#setup.weights });
  }

  /** The images one after the other, in memory that the next run uses again: runs follow each other. */
  #stacked(pixels: readonly Uint8Array[], imageBytes: number): Uint8Array {
    pixels.forEach((image, index) => {
      this.#stack.set(image.subarray(0, imageBytes), index * imageBytes);
    });
    return this.#stack
      .fill(0, pixels.length * imageBytes)
      .subarray(0, this.#setup.batch * imageBytes);
  }

  /** Of all images of a task: those of other sizes are in other tasks. */
  #sizeOf({ geometries }: InferenceTask): InputSize {
    return geometries[0] ?? this.#setup.facts;
  }

  #bytesOf({ inputHeight, inputWidth }: InputSize): number {
    return this.#setup.facts.inputChannels * inputHeight * inputWidth;
  }

  #masksOf(task: InferenceTask): Float32Array[] {
    const { geometries } = task;
    const grids = [...this.#setup.layers, ...otherLevels(this.#setup.layers, this.#setup.boxMaps)];
    return grids.map((whole) => {
      const layer = layerForImage(whole, this.#setup.facts, this.#sizeOf(task));
      const cells = layer.gridHeight * layer.gridWidth;
      const masks = new Float32Array(this.#setup.batch * cells);
      geometries.forEach((geometry, index) => {
        masks.set(gridMask(layer, geometry, this.#setup.padding), index * cells);
      });
      return masks;
    });
  }
}

function ownedImage(outputs: ExplainOutputs, index: number): ImageOutputs {
  const image = imageOutputs(outputs, index);
  return outputs.batch === 1 ? image : ownedOutputs(image);
}
