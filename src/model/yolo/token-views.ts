import { EigenfleetError } from '../../shared/errors.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import { channelAxes } from '../graph/channel-axis.ts';
import { flowOf } from '../graph/graph-flow.ts';
import { decodeOnnx } from '../onnx/onnx-file.ts';
import type { TensorView } from '../onnx/tensor-view.ts';
import { featureLayers } from './feature-layers.ts';
import { readTensorInfos } from './layer-shapes.ts';
import type { ShapeOptions } from './runtime-shapes.ts';
import type { YoloModel } from './yolo-model.ts';

/** Class, distillation and register tokens in front of those of the patches. */
const mostOtherTokens = 8;

/**
 * How tensors of tokens [batch, tokens, channels] become grids, of those among `tensors` that are such: a vision transformer cuts the image into patches, and the grid of a
 * feature layer has as many cells as there are patches. Extra tokens stand in front.
 */
export async function tokenViews(
  bytes: Uint8Array,
  model: YoloModel,
  tensors: readonly string[],
  options: ShapeOptions = {},
): Promise<Record<string, TensorView>> {
  if (traitsOf(model.task).answers) return {};
  const infos = await readTensorInfos(bytes, model, tensors, options);
  const rows = [...infos.values()].filter(({ shape }) => shape.length === 3);
  if (rows.length === 0) return {};
  const { layers } = await featureLayers(bytes, model, options);
  const views: Record<string, TensorView> = {};
  for (const { name, shape } of rows) {
    const [, tokens = 0] = shape;
    const extra = (cells: number) => Number(tokens) - cells;
    const fitting = layers
      .map(({ gridHeight, gridWidth }) => ({ gridHeight, gridWidth }))
      .filter((grid) => {
        const others = extra(grid.gridHeight * grid.gridWidth);
        return others >= 0 && others <= mostOtherTokens;
      });
    const [grid] = fitting;
    if (grid === undefined) continue;
    views[name] = { kind: 'tokens', first: extra(grid.gridHeight * grid.gridWidth), ...grid };
  }
  return views;
}

/**
 * How tensors [batch, height, width, channels] are read, of those among `tensors` that the graph shows to be such. Throws `EigenfleetError('usage')` where it contradicts itself.
 */
export async function layoutViews(
  bytes: Uint8Array,
  model: YoloModel,
  tensors: readonly string[],
  options: ShapeOptions = {},
): Promise<Record<string, TensorView>> {
  const { graph } = decodeOnnx(bytes, model.name);
  const flow = flowOf(graph, model.inputName);
  const axes = new Map(tensors.map((tensor) => [tensor, channelAxes(graph, flow, tensor)]));
  const plain = tensors.filter((name) => axes.get(name)?.has('last') && !model.views[name]);
  if (plain.length === 0) return {};
  const infos = await readTensorInfos(bytes, model, plain, options);
  const views: Record<string, TensorView> = {};
  for (const name of plain.filter((each) => infos.get(each)?.shape.length === 4)) {
    if (axes.get(name)?.has('first')) throw unclearLayout(model, name);
    views[name] = { kind: 'channels-last' };
  }
  return views;
}

function unclearLayout({ name }: YoloModel, tensor: string): EigenfleetError {
  return new EigenfleetError(
    'usage',
    `Whether "${tensor}" of ${name} is [batch, channels, height, width] or [batch, height, width, channels] cannot be told, as parts of the graph take it for either: name another tensor with --layers.`,
  );
}
