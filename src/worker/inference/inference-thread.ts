import { workerData } from 'piscina';
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
import {
  collectAllGarbage,
  collectBuffers,
  collectOldGarbage,
} from '../../shared/host/garbage-collection.ts';
import { mostFileBytes, readRegularFile } from '../../shared/host/regular-file.ts';
import {
  type InputSize,
  type LetterboxGeometry,
  layerForImage,
} from '../../shared/run/letterbox-geometry.ts';
import type { Activations, InferenceAnswer } from './inference.ts';
import { explainPlanOf, type InferenceSetup } from './inference-setup.ts';
import { outputArrays, ownedOutputs } from './owned-outputs.ts';
import { type ProbeAnswer, probeSetup } from './probe-setup.ts';
import { transferring } from './transfer.ts';

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

/** A thousand images leave about as much. */
const mostGarbageBytes = 2 ** 20;

const setup: InferenceSetup = workerData;
const { inputChannels, inputHeight, inputWidth } = setup.facts;
const stack = new Uint8Array(setup.batch * inputChannels * inputHeight * inputWidth);
let opened: Promise<ExplainSession> | undefined;
/** Opened for the first image that needs it. */
let again: Promise<ActivationSession> | undefined;
let summing: Promise<SumsSession> | undefined;

/** An error class does not survive posting between threads, so actionable errors travel as values. */
export type OpenOutcome =
  | { readonly status: 'opened' }
  | { readonly status: 'refused'; readonly code: ErrorCode; readonly message: string };

/** Loads the model; the first task, so that a model or device that fails is known before the first image. */
export async function open(): Promise<OpenOutcome> {
  assertWanted();
  try {
    if (setup.purpose === 'sums') await openSums();
    else await openExplain();
    // What was read, joined and handed to ONNX Runtime: megabytes that nobody needs.
    collectAllGarbage();
    return { status: 'opened' };
  } catch (error) {
    if (!(error instanceof EigenfleetError)) throw error;
    return { status: 'refused', code: error.code, message: error.message };
  }
}

/** Before `open`, so that two models are never held at once. */
export async function probe(): Promise<ProbeAnswer> {
  assertWanted();
  return probeSetup(setup);
}

export async function infer(task: InferenceTask): Promise<InferenceAnswer> {
  assertWanted();
  const session = await openExplain();
  collectOldGarbage(mostGarbageBytes);
  collectBuffers();
  const startedMs = performance.now();
  const size = sizeOf(task);
  const pixels = stacked(task.pixels, bytesOf(size));
  const outputs = await session.run({ pixels, masks: masksOf(task), ...size });
  const images = task.pixels.map((_, index) => ownedImage(outputs, index));
  const inferMs = performance.now() - startedMs;
  return transferring({ images, inferMs }, images.flatMap(outputArrays));
}

export async function activations(task: ActivationsTask): Promise<Activations> {
  assertWanted();
  again ??= openPart(openActivationSession);
  const session = await again;
  collectBuffers();
  const { pixels, geometry, layers } = task;
  const found = await session.run(stacked([pixels], bytesOf(geometry)), geometry, layers);
  return transferring(found, [...found.values()]);
}

/** Sums of each layer over the images of a task. */
export async function sums(task: InferenceTask): Promise<readonly BatchSums[]> {
  assertWanted();
  const session = await openSums();
  collectBuffers();
  const size = sizeOf(task);
  const pixels = stacked(task.pixels, bytesOf(size));
  const images = task.pixels.length;
  const found = await session.run({ pixels, size, masks: masksOf(task), images });
  return transferring(
    found,
    found.flatMap(({ scatter, means }) => [scatter, means]),
  );
}

export async function close(): Promise<void> {
  // A failed open was reported to its caller and needs no release.
  const session = await opened?.catch(() => undefined);
  await session?.release();
  opened = undefined;
  const other = await again?.catch(() => undefined);
  await other?.release();
  again = undefined;
  const sumsSession = await summing?.catch(() => undefined);
  await sumsSession?.release();
  summing = undefined;
}

function assertWanted(): void {
  if (Atomics.load(setup.stop, 0) !== 0) throw new Error('the process is ending');
}

function openExplain(): Promise<ExplainSession> {
  opened ??= openSession();
  return opened;
}

function openSums(): Promise<SumsSession> {
  summing ??= openPart(openSumsSession);
  return summing;
}

async function openSession(): Promise<ExplainSession> {
  const { device, threads } = setup;
  const augmented = await augmentedFile();
  // ONNX Runtime holds the weights up to three times while it opens a model: the file that they were copied from would be once more.
  collectAllGarbage();
  return createExplainSession({ augmented, device, threads, ...setup.weights });
}

async function augmentedFile(): Promise<AugmentedModel> {
  const { modelPath, facts } = setup;
  const bytes = await readRegularFile(modelPath, { mostBytes: mostFileBytes.model });
  return augmentModel(bytes, facts, explainPlanOf(setup));
}

/** A session of the part of the model that computes the target layers. */
async function openPart<Session>(
  open: (options: ActivationOptions) => Promise<Session>,
): Promise<Session> {
  const { modelPath, facts, layers, device, threads, preprocessing } = setup;
  const bytes = await readRegularFile(modelPath, { mostBytes: mostFileBytes.model });
  const plan = { layers, device, threads, preprocessing };
  return open({ bytes, facts, ...plan, ...setup.weights });
}

function ownedImage(outputs: ExplainOutputs, index: number): ImageOutputs {
  const image = imageOutputs(outputs, index);
  return outputs.batch === 1 ? image : ownedOutputs(image);
}

/** The images one after the other, in memory that the next run uses again: runs follow each other. */
function stacked(pixels: readonly Uint8Array[], imageBytes: number): Uint8Array {
  pixels.forEach((image, index) => {
    stack.set(image.subarray(0, imageBytes), index * imageBytes);
  });
  return stack.fill(0, pixels.length * imageBytes).subarray(0, setup.batch * imageBytes);
}

/** Of all images of a task: those of other sizes are in other tasks. */
function sizeOf({ geometries }: InferenceTask): InputSize {
  return geometries[0] ?? setup.facts;
}

function bytesOf(size: InputSize): number {
  return inputChannels * size.inputHeight * size.inputWidth;
}

function masksOf(task: InferenceTask): Float32Array[] {
  const { geometries } = task;
  const grids = [...setup.layers, ...otherLevels(setup.layers, setup.boxMaps)];
  return grids.map((whole) => {
    const layer = layerForImage(whole, setup.facts, sizeOf(task));
    const cells = layer.gridHeight * layer.gridWidth;
    const masks = new Float32Array(setup.batch * cells);
    geometries.forEach((geometry, index) => {
      masks.set(gridMask(layer, geometry, setup.padding), index * cells);
    });
    return masks;
  });
}
