import type { ReadLabels } from '../../evaluate/labels/read-labels.ts';
import { declaredPixels } from '../../image/decode/declared-pixels.ts';
import { renderOverlay } from '../../image/overlay/overlay.ts';
import type { ImageOutputs } from '../../model/session/image-outputs.ts';
import { unusableAnswer } from '../../model/session/unusable-answer.ts';
import { messageOf } from '../../shared/errors.ts';
import { collectBuffers, collectOldGarbage } from '../../shared/host/garbage-collection.ts';
import { releaseBytes } from '../../shared/host/threads/release-bytes.ts';
import type { PackedBoxMaps } from '../../shared/results/box-maps/packed-box-maps.ts';
import type { PackedMap } from '../../shared/results/map-archive.ts';
import { evidenceAsStored } from '../../shared/results/stored-evidence.ts';
import type { ClassScore, Detection } from '../../shared/run/detection.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import type { Activations } from '../inference/inference.ts';
import { withLabelMeasures } from '../measures/measures.ts';
import { packBoxesBeside } from './box-maps.ts';
import { packWithinBudget } from './class-evidence.ts';
import { decomposeLayers } from './decompose-layers.ts';
import { labelRegionsOf } from './interpret-labels.ts';
import {
  type ExplainedLayer,
  type InterpretedSample,
  type InterpretSettings,
  interpretSample,
} from './interpret-sample.ts';
import type { OverlayMap } from './overlay-map.ts';
import { PixelBudget, type SharedBudget } from './pixel-budget.ts';
import { type PreparedSample, type PrepareSettings, prepareSample } from './prepare-sample.ts';
import { type SampleFrames, sampleFrames } from './sample-frames.ts';
import { asStored, storedMaps } from './stored-maps.ts';

/** What the work starts with, as plain data. */
export interface PixelSetup {
  readonly prepare: PrepareSettings;
  readonly interpret: InterpretSettings;
  readonly classNames: readonly string[];
  /** How much may be decoded at once, in all threads. */
  readonly budget: SharedBudget;
}

export interface PrepareTask {
  readonly bytes: Uint8Array;
  /** Shared memory to fill. */
  readonly pixels: Uint8Array<SharedArrayBuffer>;
}

export interface InterpretTask {
  readonly outputs: ImageOutputs;
  readonly geometry: LetterboxGeometry;
  /** Absent where the dataset has none. */
  readonly labels?: ReadLabels | undefined;
  /** Of the layers that did not settle; absent at first. Where some are missing then, the graph's numbers stay. */
  readonly activations?: Activations;
}

export interface OverlayTask {
  readonly bytes: Uint8Array;
  readonly geometry: LetterboxGeometry;
  readonly map: OverlayMap;
  readonly detections: readonly Detection[];
  readonly classScores: readonly ClassScore[];
}

/** An interpreted image without the maps of its layers, which are in `signed` and `frames`. */
export interface AnsweredSample extends Omit<InterpretedSample, 'layers'> {
  readonly layers: readonly ExplainedLayer[];
  /** Of the maps of `evidence`, in its order, as they are stored; `undefined` for one that is not. */
  readonly packedEvidence?: readonly (PackedMap | undefined)[];
  /** `boxMaps` as they are stored; absent where no maps are. */
  readonly packedBoxMaps?: PackedBoxMaps;
}

export type InterpretAnswer =
  | {
      readonly status: 'success';
      readonly sample: AnsweredSample;
      readonly frames: SampleFrames;
      readonly measureMs: number;
    }
  /** The activations of these layers, by index, are needed; `outputs` are handed back. */
  | {
      readonly status: 'unsettled';
      readonly layers: readonly number[];
      readonly outputs: ImageOutputs;
    }
  | { readonly status: 'failed_to_infer'; readonly reason: string };

export type OverlayAnswer =
  | { readonly status: 'success'; readonly jpeg: Uint8Array; readonly overlayMs: number }
  | { readonly status: 'failed_to_draw'; readonly reason: string };

/**
 * The loops over an image's pixels and maps. They run in the thread that calls them. Every failure of one image is returned: a throw would end the shard and cost all the
 * other images.
 */
export class PixelWork {
  readonly #setup: PixelSetup;
  readonly #budget: PixelBudget;

  constructor(setup: PixelSetup) {
    this.#setup = setup;
    this.#budget = new PixelBudget(setup.budget);
  }

  async prepare({ bytes, pixels }: PrepareTask): Promise<PreparedSample> {
    collectOldGarbage();
    collectBuffers();
    try {
      return await this.#budget.spend(declaredPixels(bytes), () =>
        prepareSample(bytes, this.#setup.prepare, pixels),
      );
    } catch (error) {
      return { status: 'failed_to_decode', reason: `it cannot be prepared (${messageOf(error)})` };
    }
  }

  interpret(task: InterpretTask): InterpretAnswer {
    try {
      return this.#interpreted(task);
    } catch (error) {
      const reason = `the model's output cannot be interpreted (${messageOf(error)})`;
      return { status: 'failed_to_infer', reason };
    }
  }

  #interpreted({ outputs, geometry, activations, labels }: InterpretTask): InterpretAnswer {
    const startedMs = performance.now();
    const decomposed = decomposeLayers(outputs, geometry, this.#setup.interpret, activations);
    const layers = decomposed.flatMap(({ isSettled }, index) => (isSettled ? [] : [index]));
    if (layers.length > 0 && activations === undefined) {
      return { status: 'unsettled', layers, outputs };
    }
    const answer = { layers: decomposed, head: outputs.head };
    const reason = unusableAnswer(answer, this.#setup.interpret.options);
    if (reason !== undefined) return { status: 'failed_to_infer', reason };
    return this.#measured(
      interpretSample(outputs, geometry, this.#setup.interpret, decomposed, labels),
      {
        geometry,
        startedMs,
      },
    );
  }

  #measured(
    all: InterpretedSample,
    { geometry, startedMs }: { readonly geometry: LetterboxGeometry; readonly startedMs: number },
  ): InterpretAnswer {
    const layers = all.layers.map(({ map, ...layer }) => layer);
    const { evidence } = all;
    const choice = { ...this.#setup.interpret.options, labels: all.labels };
    const packedEvidence = evidence && packWithinBudget(evidence, geometry, choice);
    const packedBoxMaps = this.#packedBoxes(all, packedEvidence, geometry);
    const { frames, measures } = this.#restingOnStored(all, packedEvidence, geometry);
    const sample = {
      ...{ ...all, layers, measures, detections: all.detections.map(withoutInputMask) },
      ...(packedEvidence && { packedEvidence }),
      ...(packedBoxMaps && { packedBoxMaps }),
    };
    const measureMs = performance.now() - startedMs;
    return { status: 'success', sample, frames, measureMs };
  }

  /** What is summed over images, and measured in labels, which may change: from what is stored of the image, or would be with maps. */
  #restingOnStored(
    all: InterpretedSample,
    packed: AnsweredSample['packedEvidence'],
    geometry: LetterboxGeometry,
  ): { readonly frames: SampleFrames; readonly measures: InterpretedSample['measures'] } {
    const { options, task } = this.#setup.interpret;
    const { detections, labels, measures } = all;
    const evidence = all.evidence?.filter((_, i) => !options.maps || packed?.[i] !== undefined);
    const stored = {
      layers: all.layers.map((layer) => asStored(layer, options)),
      evidence: evidence?.map(evidenceAsStored),
    };
    const maps = storedMaps(stored, geometry, options);
    const labeled = labels && labelRegionsOf(labels, geometry, task);
    return {
      frames: sampleFrames(maps, geometry, detections),
      measures: labeled ? withLabelMeasures(measures, { ...maps, geometry }, labeled) : measures,
    };
  }

  #packedBoxes(
    { boxMaps }: InterpretedSample,
    evidence: readonly (PackedMap | undefined)[] = [],
    geometry: LetterboxGeometry,
  ): PackedBoxMaps | undefined {
    const { options } = this.#setup.interpret;
    if (boxMaps === undefined || !options.maps) return undefined;
    return packBoxesBeside(evidence, boxMaps, { input: geometry, options });
  }

  async overlay(task: OverlayTask): Promise<OverlayAnswer> {
    const startedMs = performance.now();
    const { map, ...rest } = task;
    const { colorMap, maxPixels } = this.#setup.interpret.options;
    try {
      const plan = { colorMap, maxPixels, classNames: this.#setup.classNames };
      const picture = await this.#budget.spend(declaredPixels(rest.bytes), () =>
        renderOverlay({ ...rest, ...map, ...plan }),
      );
      const jpeg = new Uint8Array(picture);
      releaseBytes(picture);
      const overlayMs = performance.now() - startedMs;
      return { status: 'success', jpeg, overlayMs };
    } catch (error) {
      return { status: 'failed_to_draw', reason: messageOf(error) };
    }
  }
}

/** The input's pixels of a mask were for the measures, and would be copied to the main thread: 400 kB for an object that fills 640 px. */
function withoutInputMask({ mask, ...detection }: Detection): Detection {
  if (mask === undefined) return detection;
  const { polygons, rle } = mask;
  return { ...detection, mask: { polygons, rle } };
}
