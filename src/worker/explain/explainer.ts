import type { ReadLabels } from '../../evaluate/labels/read-labels.ts';
import type { InputMeasures } from '../../image/input/input-measures.ts';
import { overlayClassOf } from '../../model/evidence/evidence-plan.ts';
import { modelFault } from '../../model/runtime/model-fault.ts';
import type { ImageOutputs } from '../../model/session/image-outputs.ts';
import { type BasisDescription, usualOffBasisOf } from '../../shared/basis/basis-description.ts';
import { EigenfleetError, messageOf } from '../../shared/errors.ts';
import { collectBuffers } from '../../shared/host/garbage-collection.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import type { ExplainOptions, ModelSpec, TargetLayer } from '../../shared/run/run-spec.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import type { Activations, Inference, InferenceInput } from '../inference/inference.ts';
import { InferenceBatcher } from '../inference/inference-batcher.ts';
import { inputColumns } from '../measures/input-columns.ts';
import { overlayMapOf } from './overlay-map.ts';
import { PixelPool } from './pixel-pool.ts';
import { PixelSlots } from './pixel-slots.ts';
import type {
  AnsweredSample,
  InterpretAnswer,
  InterpretTask,
  OverlayAnswer,
} from './pixel-work.ts';
import { type InputSpec, inputBytesOf, prepareSettingsOf } from './prepare-sample.ts';
import type { SampleFrames } from './sample-frames.ts';
import type { StageTimer } from './stage-timer.ts';

/** One image with everything known about it. */
export type ExplainedSample =
  | ({
      readonly status: 'success';
      readonly geometry: LetterboxGeometry;
      readonly frames: SampleFrames;
    } & AnsweredSample)
  | { readonly status: 'failed_to_decode' | 'failed_to_infer'; readonly reason: string };

export interface ExplainerSettings {
  readonly model: InputSpec & Pick<ModelSpec, 'classNames'>;
  readonly targetLayers: readonly TargetLayer[];
  readonly options: ExplainOptions;
  /** Of the basis whose components are meant, the target layers in their order; absent: each image's own. */
  readonly basis?: BasisDescription | undefined;
}

type Failure = Extract<ExplainedSample, { readonly reason: string }>;

const none: Activations = new Map();

interface TimedOutputs {
  readonly outputs: ImageOutputs;
  /** The image's share of its batch. */
  readonly inferMs: number;
}

/**
 * Explains images: decode and letterbox in the pixel pool, the graph on the device, maps and measures in the pool again. Stateless between
 * images, so any number may be in flight; the caller bounds them. Owns its inference and its pool: `close()` ends both.
 */
export class Explainer {
  readonly inference: Inference;
  /** Where the model was loaded from, for starting another process with it. */
  readonly modelPath: string | undefined;
  readonly #settings: ExplainerSettings;
  readonly #pool: PixelPool;
  readonly #slots: PixelSlots;
  #bookedMs = 0;
  readonly #batcher: InferenceBatcher<InferenceInput, TimedOutputs>;

  constructor(
    inference: Inference,
    settings: ExplainerSettings,
    pixelThreads: number,
    modelPath?: string,
  ) {
    this.inference = inference;
    this.modelPath = modelPath;
    this.#settings = settings;
    const { model, targetLayers, options, basis } = settings;
    const { task, classNames } = model;
    const usualOffBasis = basis && usualOffBasisOf(basis);
    this.#pool = new PixelPool(
      {
        prepare: prepareSettingsOf(model, options),
        interpret: { task, input: model, layers: targetLayers, options, usualOffBasis },
        classNames,
      },
      pixelThreads,
    );
    this.#slots = new PixelSlots(inputBytesOf(model));
    this.#batcher = new InferenceBatcher({
      batch: inference.batch,
      streams: inference.streams,
      ahead: inference.streams + 1,
      keyOf: model.rectStride === undefined ? undefined : sizeKey,
      run: async (inputs) => {
        const { images, inferMs } = await inference.infer(inputs);
        return images.map((outputs) => ({ outputs, inferMs: inferMs / images.length }));
      },
    });
  }

  /** Images in flight that keep the device and the pool busy: those being computed, one waiting batch, and the pool's own. */
  get usefulConcurrency(): number {
    const { batch, streams } = this.inference;
    return (streams + 1) * batch + 2 * this.#pool.threads + 1;
  }

  /** Approximate bytes of one prepared input and its outputs. */
  get sampleBytes(): number {
    const { model } = this.#settings;
    const { answerBytesPerPixel } = traitsOf(model.task);
    const answerBytes = model.inputHeight * model.inputWidth * answerBytesPerPixel;
    return Math.ceil((4 / 3) * inputBytesOf(model) + answerBytes);
  }

  /** `timer` records the time of each stage. `labels`: of the image, if anybody labeled the dataset. */
  async explain(
    bytes: Uint8Array,
    timer: StageTimer,
    labels?: ReadLabels,
  ): Promise<ExplainedSample> {
    collectBuffers();
    const inferred = await this.#slots.lend((pixels) =>
      this.#prepareAndInfer(bytes, pixels, timer),
    );
    if ('status' in inferred) return inferred;
    const { outputs, geometry, input } = inferred;
    const answer = await this.#interpret(bytes, { outputs, geometry, labels });
    if (answer.status !== 'success') return answer;
    const { sample, frames, measureMs } = answer;
    timer.add('measure', measureMs);
    const measures = { ...sample.measures, ...inputColumns(input) };
    return { status: 'success', geometry, frames, ...sample, measures };
  }

  /** Draws a JPEG of an explained image, or returns why it cannot. `bytes` are those of its file. */
  async overlay(
    bytes: Uint8Array,
    sample: Extract<ExplainedSample, { status: 'success' }>,
    timer: StageTimer,
  ): Promise<OverlayAnswer> {
    const { geometry, detections, classScores } = sample;
    const { model, options } = this.#settings;
    const { classNames } = model;
    const classId = overlayClassOf({ name: 'the model', classNames }, options);
    const map = overlayMapOf(sample, geometry, { classId, classNames, padding: options.padding });
    const task = { bytes, geometry, map, detections, classScores };
    const answer = await this.#pool.overlay(task);
    if (answer.status === 'success') timer.add('overlay', answer.overlayMs);
    return answer;
  }

  /**
   * Wall time since `startedMs` that no shard has booked yet. Shards of one process overlap, one being written while the next begins, and
   * their wall times must add up to the total.
   */
  takeWallMs(startedMs: number): number {
    const nowMs = performance.now();
    const wallMs = nowMs - Math.max(startedMs, this.#bookedMs);
    this.#bookedMs = nowMs;
    return wallMs;
  }

  async close(): Promise<void> {
    await this.#pool.close();
    await this.inference.close();
  }

  /** Layers that float32 does not settle are computed again from their activations, for which the model runs a second time. */
  async #interpret(
    bytes: Uint8Array,
    task: InterpretTask,
  ): Promise<Exclude<InterpretAnswer, { status: 'unsettled' }>> {
    const first = await this.#pool.interpret(task);
    if (first.status !== 'unsettled') return first;
    const activations = await this.#slots.lend(async (pixels) => {
      const prepared = await this.#pool.prepare({ bytes, pixels });
      if (prepared.status !== 'success') return none;
      // What the graph found stands, marked as it is, if the device has no room for the model twice.
      return this.inference
        .activations({ pixels, geometry: task.geometry }, first.layers)
        .catch(() => none);
    });
    const second = await this.#pool.interpret({ ...task, outputs: first.outputs, activations });
    if (second.status === 'unsettled') throw new Error('unsettled with activations');
    return second;
  }

  async #prepareAndInfer(
    bytes: Uint8Array,
    pixels: Uint8Array<SharedArrayBuffer>,
    timer: StageTimer,
  ): Promise<
    Failure | { outputs: ImageOutputs; geometry: LetterboxGeometry; input: InputMeasures }
  > {
    const prepared = await this.#pool.prepare({ bytes, pixels });
    if (prepared.status !== 'success') return prepared;
    const { geometry, input, decodeMs, letterboxMs } = prepared;
    timer.add('decode', decodeMs);
    timer.add('letterbox', letterboxMs);
    const inferred = await this.#infer({ pixels, geometry });
    if ('status' in inferred) return inferred;
    timer.add('infer', inferred.inferMs);
    return { outputs: inferred.outputs, geometry, input };
  }

  /** An image that the device rejects becomes a failed row; a device that also rejects a blank image is broken, and that throws. */
  async #infer(input: InferenceInput): Promise<TimedOutputs | Failure> {
    const { geometry } = input;
    try {
      return await this.#batcher.infer(input);
    } catch (error) {
      const pixels = new Uint8Array(inputBytesOf(this.#settings.model));
      await this.inference.infer([{ pixels, geometry }]).catch((cause: unknown) => {
        throw brokenOn(this.inference.device, cause);
      });
      const reason = `the model failed on it: ${modelFault(messageOf(error))}`;
      return { status: 'failed_to_infer', reason };
    }
  }
}

function sizeKey({ geometry }: InferenceInput): string {
  return `${geometry.inputHeight}x${geometry.inputWidth}`;
}

/**
 * Even a blank image fails. A node that the CPU cannot compute is the model's fault, and no retry helps; any other device may itself be broken.
 * Other errors, such as a dead thread, pass unchanged.
 */
function brokenOn(device: string, cause: unknown): unknown {
  if (!messageOf(cause).includes('status code returned while running')) return cause;
  const fault = modelFault(messageOf(cause));
  return device === 'cpu'
    ? new EigenfleetError('model', `The model fails on every image: ${fault}. Export it again.`, {
        cause,
      })
    : new EigenfleetError('device', `The device ${device} fails on every image: ${fault}.`, {
        cause,
      });
}
