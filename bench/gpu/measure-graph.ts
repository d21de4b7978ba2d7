import { readFile } from 'node:fs/promises';
import {
  type Component,
  principalComponents,
} from '../../src/model/eigen-cam/principal-components.ts';
import { type Device, executionProvidersOf } from '../../src/model/runtime/devices.ts';
import {
  InferenceSession,
  type OnnxValueMapType,
  Tensor,
} from '../../src/model/runtime/onnxruntime.ts';
import { type AugmentedModel, augmentModel } from '../../src/model/session/augmented-graph.ts';
import {
  createExplainSession,
  type ExplainInputs,
  type ExplainSession,
} from '../../src/model/session/explain-session.ts';
import { imageOutputs } from '../../src/model/session/image-outputs.ts';
import type { LoadedModel } from '../../src/model/yolo/load-model.ts';
import { mapCorrelation } from '../../src/verdict/compare/maps/map-similarity.ts';
import { median } from '../support/median.ts';
import { medianInterval } from '../support/median-interval.ts';
import { photoPixels } from './photo-pixels.ts';

/** What the augmented graph costs on a device, by images a call. */
export interface GraphFigures {
  readonly batch: number;
  /** Images per second of the untouched model, and of the graph with its answers finished on the host. */
  readonly barePerSecond: number;
  readonly explainedPerSecond: number;
  /** Time of the augmented graph over that of the bare model: median of pairs, with its 95 % interval. */
  readonly ratio: { readonly middle: number; readonly low: number; readonly high: number };
  /** The outputs of both graphs, an image. */
  readonly bytesOff: number;
  readonly bareBytesOff: number;
}

/** The first component of each target layer, on a device and on the CPU. */
export interface MapFigures {
  readonly layer: string;
  readonly images: number;
  /** The least |r| of an image, over its cells. */
  readonly worst: number;
}

export interface GraphRequest {
  readonly loaded: LoadedModel;
  readonly device: Device;
  readonly threads: number;
  readonly rounds: number;
}

/** Both sessions in turn on the device, with one batch of photographs that lie in memory. */
export async function measureGraph(
  { loaded, device, threads, rounds }: GraphRequest,
  batch: number,
): Promise<GraphFigures> {
  const bytes = await readFile(loaded.path);
  const augmented = augmentedFor(bytes, loaded, device);
  const explain = await createExplainSession({ ...loaded.weights, augmented, device, threads });
  const bare = await bareSession(bytes, device, threads);
  const inputs = await photoInputs(loaded, augmented, batch);
  const feeds = bareFeeds(loaded, inputs, batch);
  const times = { bare: [] as number[], explained: [] as number[] };
  for (let round = -3; round < rounds; round++) {
    const bareMs = await timed(() => bare.run(feeds));
    const explainedMs = await timed(() => explain.run(inputs));
    // The first calls choose kernels, and build an engine where the provider is TensorRT.
    if (round < 0) continue;
    times.bare.push(bareMs);
    times.explained.push(explainedMs);
  }
  const ratios = times.explained.map((ms, round) => ms / (times.bare[round] ?? Number.NaN));
  const figures = {
    ...{ batch, ratio: medianInterval(ratios) },
    barePerSecond: (batch / median(times.bare)) * 1000,
    explainedPerSecond: (batch / median(times.explained)) * 1000,
    bytesOff: (await bytesOffOf(augmented, inputs, batch)) / batch,
    bareBytesOff: bytesOf(await bare.run(feeds)) / batch,
  };
  await Promise.all([explain.release(), bare.release()]);
  return figures;
}

/** The same photographs through the same graph on the CPU and on the device. */
export async function measureMaps(
  { loaded, device, threads }: GraphRequest,
  batch: number,
): Promise<MapFigures[]> {
  const bytes = await readFile(loaded.path);
  const maps: Float32Array[][][] = [];
  for (const place of ['cpu', device] as const) {
    const augmented = augmentedFor(bytes, loaded, place);
    const inputs = await photoInputs(loaded, augmented, batch);
    const session = await createExplainSession({
      ...{ ...loaded.weights, augmented, device: place, threads },
    });
    maps.push(await firstMaps(session, augmented, inputs));
    await session.release();
  }
  const [expected = [], found = []] = maps;
  return loaded.layers.map(({ name }, layer) => {
    const each = expected.map((image, i) => {
      const [a, b] = [image[layer], found[i]?.[layer]];
      const r = a && b && mapCorrelation(a, b);
      return r === undefined ? Number.NaN : Math.abs(r);
    });
    return { layer: name, images: each.length, worst: Math.min(...each) };
  });
}

/** Of each image and layer. */
async function firstMaps(
  session: ExplainSession,
  augmented: AugmentedModel,
  inputs: ExplainInputs,
): Promise<Float32Array[][]> {
  const outputs = await session.run(inputs);
  return Array.from({ length: outputs.batch }, (_, image) =>
    imageOutputs(outputs, image).layers.map((output, i) => {
      const layer = augmented.layers[i]!;
      const cells = layer.gridHeight * layer.gridWidth;
      const mask = inputs.masks[i]!.subarray(0, cells);
      const { width, side } = layer;
      const found = principalComponents({ ...output, width, side, cells, mask, components: [1] });
      const first: Component | undefined =
        found.status === 'explained' ? found.components[0] : undefined;
      return first?.status === 'found' ? first.map : new Float32Array(cells).fill(Number.NaN);
    }),
  );
}

function augmentedFor(bytes: Uint8Array, { model, layers }: LoadedModel, device: Device) {
  return augmentModel(bytes, model, { layers, components: 1, device });
}

function bareSession(bytes: Uint8Array, device: Device, threads: number) {
  return InferenceSession.create(bytes, {
    executionProviders: [...executionProvidersOf(device)],
    ...{ intraOpNumThreads: threads, logSeverityLevel: 4 },
  });
}

async function photoInputs(
  { model }: LoadedModel,
  augmented: AugmentedModel,
  batch: number,
): Promise<ExplainInputs> {
  const { inputHeight, inputWidth, inputChannels } = model;
  const pixels = await photoPixels({ batch, inputHeight, inputWidth, inputChannels });
  const masks = [...augmented.layers, ...augmented.otherGrids].map(({ gridHeight, gridWidth }) =>
    new Float32Array(batch * gridHeight * gridWidth).fill(1),
  );
  return { pixels, masks };
}

function bareFeeds({ model }: LoadedModel, { pixels }: ExplainInputs, batch: number) {
  const { inputName, inputChannels, inputHeight, inputWidth } = model;
  const dims = [batch, inputChannels, inputHeight, inputWidth];
  const floats = Float32Array.from(pixels, (value) => value / 255);
  return { [inputName]: new Tensor('float32', floats, dims) };
}

/** Shapes are those of every device: the outputs of the graph on the CPU. */
async function bytesOffOf(
  augmented: AugmentedModel,
  inputs: ExplainInputs,
  batch: number,
): Promise<number> {
  const session = await bareSession(augmented.bytes, 'cpu', 0);
  const { inputChannels, inputHeight, inputWidth } = augmented;
  const dims = [batch, inputChannels, inputHeight, inputWidth];
  const feeds: Record<string, Tensor> = {
    [augmented.pixels]: new Tensor('uint8', inputs.pixels, dims),
  };
  const grids = [
    ...augmented.layers.map((layer) => ({ ...layer, weights: layer.tensors.weights })),
    ...augmented.otherGrids,
  ];
  for (const { weights, gridHeight, gridWidth } of grids) {
    const cells = gridHeight * gridWidth;
    const even = new Float32Array(batch * cells).fill(1 / cells);
    feeds[weights] = new Tensor('float32', even, [batch, 1, cells]);
  }
  const bytes = bytesOf(await session.run(feeds));
  await session.release();
  return bytes;
}

function bytesOf(results: OnnxValueMapType): number {
  return Object.values(results).reduce((sum, { data }) => {
    return sum + (ArrayBuffer.isView(data) ? data.byteLength : 0);
  }, 0);
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await run();
  return performance.now() - startedMs;
}
