import { layerForImage } from '../../shared/run/letterbox-geometry.ts';
import type { BoxMapAnswer } from '../box-maps/box-map-plan.ts';
import { type LayerOutputs, layerAnswer } from '../eigen-cam/layer-answer.ts';
import type { EvidenceAnswer } from '../evidence/evidence-source.ts';
import type { HeadArray } from '../head/head.ts';
import type { HeadAnswer } from '../head/heads.ts';
import type { Device } from '../runtime/devices.ts';
import type { ModelWeights } from '../runtime/model-weights.ts';
import { type OnnxValueMapType, Tensor } from '../runtime/onnxruntime.ts';
import { takenData } from '../runtime/taken-data.ts';
import type { AugmentedModel } from './augmented-graph.ts';
import { openOnnxSession } from './open-onnx-session.ts';

/** All of an augmented model but the file. */
type ExplainGraph = Omit<AugmentedModel, 'bytes'>;

export interface ExplainSessionOptions extends ModelWeights {
  readonly augmented: AugmentedModel;
  readonly device: Device;
  /** Threads of the CPU provider; 0 leaves the number to ONNX Runtime. */
  readonly threads: number;
}

export interface ExplainInputs {
  /** Pixels of each image; the model's own where left out, and others only where its size is open. */
  readonly inputHeight?: number;
  readonly inputWidth?: number;
  /** uint8 [B, C, H, W]: planar. */
  readonly pixels: Uint8Array;
  /** Per layer, and behind them per other grid, [B, N]: 1 where a cell overlaps the content, else 0. */
  readonly masks: readonly Float32Array[];
}

/** Flat arrays that own their memory: they may be transferred to another thread. */
export interface ExplainOutputs {
  readonly batch: number;
  readonly layers: readonly LayerOutputs[];
  readonly head: HeadAnswer;
  /** Absent where none was asked for. */
  readonly evidence?: EvidenceAnswer | undefined;
  /** Absent where none were asked for. */
  readonly boxMaps?: BoxMapAnswer | undefined;
}

export interface ExplainSession {
  readonly device: Device;
  run(inputs: ExplainInputs): Promise<ExplainOutputs>;
  release(): Promise<void>;
}

/**
 * Loads an augmented model on one device. `run` blocks the calling thread while it computes (ONNX Runtime's binding is synchronous), so
 * sessions live in a worker thread. Throws `EigenfleetError('device')` when the device is missing, `EigenfleetError('model')` when ONNX
 * Runtime refuses the model on the CPU.
 */
export async function createExplainSession(
  options: ExplainSessionOptions,
): Promise<ExplainSession> {
  const { device } = options;
  // Without its bytes, which as many megabytes as the model has would stay with the session.
  const { bytes, ...augmented } = options.augmented;
  const session = await openOnnxSession({ ...options, bytes });
  return {
    device,
    run: async (inputs) => {
      const batch = batchOf(augmented, inputs);
      const feeds = feedsOf(augmented, inputs, batch);
      return outputsOf(augmented, batch, feeds, await session.run(feeds));
    },
    release: () => session.release(),
  };
}

function batchOf(augmented: ExplainGraph, inputs: ExplainInputs): number {
  const { inputHeight = augmented.inputHeight, inputWidth = augmented.inputWidth } = inputs;
  const imageBytes = augmented.inputChannels * inputHeight * inputWidth;
  const batch = inputs.pixels.length / imageBytes;
  if (
    !Number.isInteger(batch) ||
    batch < 1 ||
    (augmented.batch !== 'dynamic' && batch !== augmented.batch)
  ) {
    throw new RangeError(
      `expected pixels of ${augmented.batch === 'dynamic' ? 'whole' : augmented.batch} images of ${imageBytes} bytes, received ${inputs.pixels.length} bytes`,
    );
  }
  return batch;
}

function feedsOf(
  augmented: ExplainGraph,
  inputs: ExplainInputs,
  batch: number,
): Record<string, Tensor> {
  const { inputChannels } = augmented;
  const { inputHeight = augmented.inputHeight, inputWidth = augmented.inputWidth } = inputs;
  const dims = [batch, inputChannels, inputHeight, inputWidth];
  const feeds: Record<string, Tensor> = {
    [augmented.pixels]: new Tensor('uint8', inputs.pixels, dims),
  };
  const weighted = augmented.layers.map((layer) => ({ ...layer, weights: layer.tensors.weights }));
  [...weighted, ...augmented.otherGrids].forEach((layer, index) => {
    const size = { inputHeight, inputWidth };
    const { gridHeight, gridWidth } = layerForImage(layer, augmented, size);
    const cells = gridHeight * gridWidth;
    const mask = inputs.masks[index];
    if (mask?.length !== batch * cells) {
      throw new RangeError(
        `expected a mask of ${batch} x ${cells} cells for ${layer.name}, received ${mask?.length}`,
      );
    }
    feeds[layer.weights] = new Tensor('float32', weightsOf(mask, cells), [batch, 1, cells]);
  });
  return feeds;
}

/** Each image's mask over its number of content cells, so that a weighted sum is a mean; all zero where there is no content. */
export function weightsOf(mask: Float32Array, cells: number): Float32Array {
  const weights = new Float32Array(mask.length);
  for (let start = 0; start < mask.length; start += cells) {
    let count = 0;
    for (let cell = start; cell < start + cells; cell++) if (mask[cell] !== 0) count++;
    for (let cell = start; cell < start + cells; cell++) {
      if (mask[cell] !== 0) weights[cell] = 1 / count;
    }
  }
  return weights;
}

type Results = OnnxValueMapType;

function outputsOf(
  augmented: ExplainGraph,
  batch: number,
  feeds: Record<string, Tensor>,
  results: Results,
): ExplainOutputs {
  const layers = augmented.layers.map((layer) => {
    const weights = feeds[layer.tensors.weights]?.data as Float32Array;
    return layerAnswer(layer, weights, (name) => floatsOf(results, name));
  });
  const evidence = evidenceAnswer(augmented, results);
  const boxMaps = boxMapAnswer(augmented, results);
  return {
    batch,
    layers,
    head: headAnswer(augmented, results),
    ...(evidence && { evidence }),
    ...(boxMaps && { boxMaps }),
  };
}

function boxMapAnswer({ boxMaps }: ExplainGraph, results: Results): BoxMapAnswer | undefined {
  const anchors = boxMaps && arrayOf(results, boxMaps.anchors);
  if (!(anchors instanceof Int32Array)) return undefined;
  const rows = boxMaps?.rows && arrayOf(results, boxMaps.rows);
  const levels = boxMaps?.levels.map(({ products, squares, ...level }) => ({
    ...level,
    products: floatsOf(results, products),
    squares: floatsOf(results, squares),
  }));
  return { anchors, ...(rows instanceof Int32Array && { rows }), levels: levels ?? [] };
}

/** The answer to the tensors that `addHead` named. */
export function headAnswer(
  { head }: Pick<ExplainGraph, 'head'>,
  results: OnnxValueMapType,
): HeadAnswer {
  const { tensors, ...rest } = head;
  const arrays = Object.entries(tensors).map(([name, tensor]) => [name, arrayOf(results, tensor)]);
  return { ...rest, arrays: Object.fromEntries(arrays) } as HeadAnswer;
}

function evidenceAnswer({ evidence }: ExplainGraph, results: Results): EvidenceAnswer | undefined {
  if (evidence === undefined) return undefined;
  const { source, classIds, output } = evidence;
  const { kind, levels } = source;
  return { kind, levels, classIds, values: floatsOf(results, output) };
}

function floatsOf(results: Results, name: string): Float32Array {
  const data = arrayOf(results, name);
  if (data instanceof Float32Array) return data;
  throw new TypeError(`expected float32 from the graph's ${name}`);
}

function arrayOf(results: Results, name: string): HeadArray {
  const data = results[name]?.data;
  if (data instanceof Float32Array || data instanceof Int32Array) return takenData(data);
  throw new TypeError(`expected float32 or int32 from the graph's ${name}`);
}
