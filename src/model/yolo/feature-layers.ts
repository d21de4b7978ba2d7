import { EigenfleetError } from '../../shared/errors.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import { dataInputs, flowOf, type GraphFlow } from '../graph/graph-flow.ts';
import { depthsOf, spatialTensors } from '../graph/spatial-tensors.ts';
import { decodeOnnx } from '../onnx/onnx-file.ts';
import { type TensorInfo, unknownTensor } from '../onnx/tensor-info.ts';
import { commonSource } from './head-levels.ts';
import { type LayerShape, layerShapeOf, readTensorInfos } from './layer-shapes.ts';
import type { ShapeOptions } from './runtime-shapes.ts';
import type { YoloModel } from './yolo-model.ts';

/** The layers of a model whose head is not known. */
export interface FeatureLayers {
  /** For each grid its last features, in the order of the graph. */
  readonly layers: readonly FeatureLayer[];
  /** Those that are explained when nothing else is asked for, in the order of the graph. */
  readonly tensors: readonly string[];
  readonly warnings: readonly string[];
}

export interface FeatureLayer extends LayerShape {
  readonly tensor: string;
}

/** One grid each. */
const mostLayers = 3;
/** A layer before this share of the learned operators shows edges and colors. */
const deepEnough = 1 / 8;

/**
 * What is explained of a model whose answer is not read; `undefined` where the head's inputs are known, as of an answer that is, or of modules with names: a
 * head that reads several.
 */
export async function defaultFeatures(
  bytes: Uint8Array,
  model: YoloModel,
  options: ShapeOptions = {},
): Promise<FeatureLayers | undefined> {
  const isKnown = traitsOf(model.task).answers || model.defaultTargets.length > 1;
  return isKnown ? undefined : featureLayers(bytes, model, options);
}

/**
 * The last features of any vision model at its last two or three grids: for each grid the last tensor that everything passes (`lastOfGrid`), the latest grids in the
 * order of the graph. Throws `EigenfleetError('usage')` for a model without such a tensor.
 */
export async function featureLayers(
  bytes: Uint8Array,
  model: YoloModel,
  options: ShapeOptions = {},
): Promise<FeatureLayers> {
  const flow = flowOf(decodeOnnx(bytes, model.name).graph, model.inputName);
  const candidates = spatialTensors(flow);
  const infos = await readTensorInfos(bytes, model, candidates, options);
  const grids = new Map<number, string[]>();
  for (const tensor of candidates) {
    const grid = levelOf(infos.get(tensor) ?? unknownTensor(tensor), model);
    if (grid !== undefined) grids.set(grid, [...(grids.get(grid) ?? []), tensor]);
  }
  const places = new Map(flow.nodes.map((node, place) => [node, place]));
  const order = new Map([...flow.activations].map((tensor, place) => [tensor, place]));
  const shapeOf = (tensor: string) => layerShapeOf(infos.get(tensor) ?? unknownTensor(tensor));
  const layers = [...grids.values()]
    .flatMap((tensors) => {
      const tensor = lastOfGrid(flow, places, tensors, (one) => shapeOf(one) !== undefined);
      const shape = tensor === undefined ? undefined : shapeOf(tensor);
      return tensor === undefined || shape === undefined ? [] : [{ tensor, ...shape }];
    })
    .sort((a, b) => (order.get(a.tensor) ?? 0) - (order.get(b.tensor) ?? 0));
  if (layers.length === 0) throw noFeatures(model);
  return { layers, ...chosen(flow, model, layers) };
}

/** Half steps of the logarithm of a cell's size: a pool of stride 1 may cost a cell, and is no other grid. */
const levelsInOctave = 2;

/**
 * Tells the grids of features apart; `undefined` for what is none: finer than the image, of another number of images, a single cell, or of cells that are far from square, which
 * belong to tokens or boxes.
 */
function levelOf({ shape }: TensorInfo, model: YoloModel): number | undefined {
  const [images, , gridHeight, gridWidth] = shape;
  if (shape.length !== 4 || typeof gridHeight !== 'number' || typeof gridWidth !== 'number') {
    return undefined;
  }
  const batch = model.batch === 'dynamic' ? 1 : model.batch;
  if ((images !== batch && images !== 'dynamic') || gridHeight * gridWidth < 2) return undefined;
  const cellHeight = model.inputHeight / gridHeight;
  const cellWidth = model.inputWidth / gridWidth;
  const [side, otherSide] = [Math.min(cellHeight, cellWidth), Math.max(cellHeight, cellWidth)];
  // Without padding a convolution loses a few cells.
  if (side < 1 || otherSide >= 2 * side) return undefined;
  return Math.round(levelsInOctave * Math.log2(side));
}

/**
 * The last of a grid's tensors that all that later leaves the grid has passed: a shortcut, or the branches of a head, do not lead around it. It is the end of a stage of
 * a backbone, what the head reads of a pyramid, the last features of a decoder. Looked at is what comes after the last entry into the grid, and what leads out of it and
 * never back (a gate of squeeze and excitation leads back).
 */
function lastOfGrid(
  flow: GraphFlow,
  places: Parameters<typeof commonSource>[1],
  tensors: readonly string[],
  isFloat: (tensor: string) => boolean,
): string | undefined {
  const inGrid = new Set(tensors);
  const sourcesOf = (tensor: string) => {
    const maker = flow.makers.get(tensor);
    return maker === undefined ? [] : dataInputs(flow, maker);
  };
  const isEntry = (tensor: string) => !sourcesOf(tensor).some((source) => inGrid.has(source));
  const entry = tensors.findLast(isEntry) ?? tensors[0] ?? '';
  const reached = new Set([entry]);
  for (const tensor of tensors.slice(tensors.indexOf(entry) + 1)) {
    if (sourcesOf(tensor).some((source) => reached.has(source))) reached.add(tensor);
  }
  const returning = leadingBack(flow, inGrid);
  const exits = [...reached].filter((tensor) => {
    const readers = flow.readers.get(tensor) ?? [];
    return readers.length === 0 || readers.some((node) => !node.output.some(returning));
  });
  const common = exits.length === 0 ? undefined : commonSource(flow, places, exits);
  const way = [...reached];
  const end = common !== undefined && reached.has(common) ? way.indexOf(common) + 1 : way.length;
  return way.slice(0, end).findLast(isFloat) ?? tensors.findLast(isFloat);
}

/** Whether a tensor is of the grid, or a way leads from it to one that is. */
function leadingBack(flow: GraphFlow, inGrid: ReadonlySet<string>): (tensor: string) => boolean {
  const found = new Set(inGrid);
  for (const node of flow.nodes.toReversed()) {
    if (!node.output.some((name) => found.has(name))) continue;
    for (const input of dataInputs(flow, node)) found.add(input);
  }
  return (tensor) => found.has(tensor);
}

function chosen(
  flow: GraphFlow,
  model: YoloModel,
  layers: readonly FeatureLayer[],
): Pick<FeatureLayers, 'tensors' | 'warnings'> {
  const depths = depthsOf(flow);
  const deepest = [...depths.values()].reduce((most, depth) => Math.max(most, depth), 0);
  const all = layers.map(({ tensor }) => tensor);
  const deep = all.filter((tensor) => (depths.get(tensor) ?? 0) >= deepest * deepEnough);
  if (deep.length > 0) return { tensors: deep.slice(-mostLayers), warnings: [] };
  const last = all.slice(-1);
  return { tensors: last, warnings: [earlyWarning(model, last.join())] };
}

function earlyWarning({ name }: YoloModel, tensor: string): string {
  return `The only layer of ${name} with a grid is at its very beginning (${tensor}, as the patches of a vision transformer): its maps show little of what the model does. Name a later tensor of tokens [batch, tokens, channels] with --layers.`;
}

function noFeatures({ name }: YoloModel): EigenfleetError {
  return new EigenfleetError(
    'usage',
    `${name} has no layer with a spatial grid [batch, channels, height, width] between its image and its answer, so there is nothing to map: name a tensor with --layers if you know one.`,
  );
}
