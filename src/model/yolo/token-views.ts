import { traitsOf } from '../../shared/run/task-traits.ts';
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
