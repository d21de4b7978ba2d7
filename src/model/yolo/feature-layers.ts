import { EigenfleetError } from '../../shared/errors.ts';
import { dataInputs, flowOf, type GraphFlow } from '../graph/graph-flow.ts';
import { depthsOf, spatialTensors } from '../graph/spatial-tensors.ts';
import { decodeOnnx } from '../onnx/onnx-file.ts';
import { commonSource } from './head-levels.ts';
import { type LayerShape, layerShapeOf, readTensorInfos } from './layer-shapes.ts';
import type { ShapeOptions } from './runtime-shapes.ts';
import type { YoloModel } from './yolo-model.ts';

/** The layers that are explained when nothing tells which ones the head reads. */
export interface FeatureLayers {
  /** In the order of the graph. */
  readonly tensors: readonly string[];
  readonly warnings: readonly string[];
}

/** One grid each. */
const mostLayers = 3;
/** A layer before this share of the learned operators shows edges and colors. */
const deepEnough = 1 / 8;

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
  const batch = model.batch === 'dynamic' ? 1 : model.batch;
  const grids = new Map<string, string[]>();
  for (const tensor of candidates) {
    const info = infos.get(tensor);
    const shape = info && layerShapeOf(info);
    const images = info?.shape[0];
    if (shape === undefined || !isGridOf(shape, model)) continue;
    if (images !== batch && images !== 'dynamic') continue;
    const grid = `${shape.gridHeight}x${shape.gridWidth}`;
    grids.set(grid, [...(grids.get(grid) ?? []), tensor]);
  }
  if (grids.size === 0) throw noFeatures(model);
  const places = new Map(flow.nodes.map((node, place) => [node, place]));
  const last = [...grids.values()].map((tensors) => lastOfGrid(flow, places, tensors));
  return chosen(flow, model, last);
}

/** Features are at most as fine as the image, and about as coarse both ways: cells of another shape belong to tokens or boxes. */
function isGridOf({ gridHeight, gridWidth }: LayerShape, model: YoloModel): boolean {
  const { inputHeight, inputWidth } = model;
  if (gridHeight > inputHeight || gridWidth > inputWidth) return false;
  // Without padding a convolution loses a few cells.
  const cellHeight = inputHeight / gridHeight;
  const cellWidth = inputWidth / gridWidth;
  return Math.max(cellHeight, cellWidth) < 2 * Math.min(cellHeight, cellWidth);
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
): string {
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
  return common !== undefined && inGrid.has(common) ? common : ([...reached].at(-1) ?? entry);
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

function chosen(flow: GraphFlow, model: YoloModel, last: readonly string[]): FeatureLayers {
  const depths = depthsOf(flow);
  const deepest = [...depths.values()].reduce((most, depth) => Math.max(most, depth), 0);
  const deep = last.filter((tensor) => (depths.get(tensor) ?? 0) >= deepest * deepEnough);
  const order = new Map([...flow.activations].map((tensor, place) => [tensor, place]));
  const inOrder = (tensors: readonly string[]) =>
    tensors.toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0)).slice(-mostLayers);
  if (deep.length > 0) return { tensors: inOrder(deep), warnings: [] };
  const [only = ''] = inOrder(last).slice(-1);
  return { tensors: [only], warnings: [earlyWarning(model, only)] };
}

function earlyWarning({ name }: YoloModel, tensor: string): string {
  return `The only layer of ${name} with a grid is at its very beginning (${tensor}, as the patches of a vision transformer): its maps show little of what the model does.`;
}

function noFeatures({ name }: YoloModel): EigenfleetError {
  return new EigenfleetError(
    'usage',
    `${name} has no layer with a spatial grid [batch, channels, height, width] between its image and its answer, so there is nothing to map: name a tensor with --layers if you know one.`,
  );
}
