import { workerData } from 'piscina';
import { renderOverlay } from '../image/overlay.ts';
import type { ImageOutputs } from '../model/image-outputs.ts';
import type { ClassScore, Detection } from '../shared/detection.ts';
import type { LetterboxGeometry } from '../shared/letterbox-geometry.ts';
import {
  type ExplainedLayer,
  type InterpretedSample,
  type InterpretSettings,
  interpretSample,
} from './interpret-sample.ts';
import { type PreparedSample, type PrepareSettings, prepareSample } from './prepare-sample.ts';
import { type SampleFrames, sampleFrames } from './sample-frames.ts';
import { transferring } from './transfer.ts';

/** What the threads are started with. */
export interface PixelSetup {
  readonly prepare: PrepareSettings;
  readonly interpret: InterpretSettings;
  readonly classNames: readonly string[];
}

export interface PrepareTask {
  readonly bytes: Uint8Array;
  /** Memory of all threads, to be filled. */
  readonly pixels: Uint8Array<SharedArrayBuffer>;
}

export interface InterpretTask {
  readonly outputs: ImageOutputs;
  readonly geometry: LetterboxGeometry;
}

export interface OverlayTask {
  readonly bytes: Uint8Array;
  readonly geometry: LetterboxGeometry;
  readonly fused: InterpretedSample['fused'];
  readonly detections: readonly Detection[];
  readonly classScores: readonly ClassScore[];
}

/** An interpreted image without the maps of its layers, which are in `signed` and `frames`. */
export interface AnsweredSample extends Omit<InterpretedSample, 'layers'> {
  readonly layers: readonly ExplainedLayer[];
}

export interface InterpretAnswer {
  readonly sample: AnsweredSample;
  readonly frames: SampleFrames;
  readonly measureMs: number;
}

export interface OverlayAnswer {
  readonly jpeg: Uint8Array;
  readonly overlayMs: number;
}

const setup: PixelSetup = workerData;

export function prepare({ bytes, pixels }: PrepareTask): Promise<PreparedSample> {
  return prepareSample(bytes, setup.prepare, pixels);
}

export function interpret({ outputs, geometry }: InterpretTask): InterpretAnswer {
  const startedMs = performance.now();
  const interpreted = interpretSample(outputs, geometry, setup.interpret);
  const frames = sampleFrames(interpreted, geometry, interpreted.detections);
  const layers = interpreted.layers.map(({ map, ...layer }) => layer);
  const sample = { ...interpreted, layers };
  const arrays = [
    sample.fused.map,
    ...layers.map(({ signed }) => signed),
    ...frames.means.map(({ levels }) => levels),
    frames.boxes,
  ];
  const measureMs = performance.now() - startedMs;
  return transferring({ sample, frames, measureMs }, arrays);
}

export async function overlay(task: OverlayTask): Promise<OverlayAnswer> {
  const startedMs = performance.now();
  const { fused, ...rest } = task;
  const { colourMap, maxPixels } = setup.interpret.options;
  const picture = await renderOverlay({
    ...{ ...rest, ...fused },
    ...{ colourMap, maxPixels, classNames: setup.classNames },
  });
  const jpeg = new Uint8Array(picture);
  return transferring({ jpeg, overlayMs: performance.now() - startedMs }, [jpeg]);
}
