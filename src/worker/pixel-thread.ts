import { workerData } from 'piscina';
import { renderOverlay } from '../image/overlay.ts';
import type { ImageOutputs } from '../model/image-outputs.ts';
import type { ClassScore, Detection } from '../shared/detection.ts';
import type { LetterboxGeometry } from '../shared/letterbox-geometry.ts';
import {
  type InterpretedSample,
  type InterpretSettings,
  interpretSample,
} from './interpret-sample.ts';
import { type PreparedSample, type PrepareSettings, prepareSample } from './prepare-sample.ts';
import { transferring } from './transfer.ts';

/** What the threads are started with. */
export interface PixelSetup {
  readonly prepare: PrepareSettings;
  readonly interpret: InterpretSettings;
  readonly classNames: readonly string[];
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

export interface InterpretAnswer {
  readonly sample: InterpretedSample;
  readonly measureMs: number;
}

export interface OverlayAnswer {
  readonly jpeg: Uint8Array;
  readonly overlayMs: number;
}

const setup: PixelSetup = workerData;

export async function prepare(bytes: Uint8Array): Promise<PreparedSample> {
  const prepared = await prepareSample(bytes, setup.prepare);
  return prepared.status === 'success' ? transferring(prepared, [prepared.pixels]) : prepared;
}

export function interpret({ outputs, geometry }: InterpretTask): InterpretAnswer {
  const startedMs = performance.now();
  const sample = interpretSample(outputs, geometry, setup.interpret);
  const arrays = sample.layers.flatMap(({ map, signed }) => [map, signed]);
  const measureMs = performance.now() - startedMs;
  return transferring({ sample, measureMs }, [sample.fused.map, ...arrays]);
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
