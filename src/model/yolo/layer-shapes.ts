import { EigenfleetError } from '../../shared/errors.ts';
import { decodeOnnx } from '../onnx/onnx-file.ts';
import { isStatic, type TensorInfo, tensorInfo, unknownTensor } from '../onnx/tensor-info.ts';
import { shapeText } from '../onnx/tensor-shape.ts';
import { sourcesOf, viewInfo } from '../onnx/tensor-view.ts';
import { runtimeInfos, type ShapeOptions } from './runtime-shapes.ts';
import type { YoloModel } from './yolo-model.ts';

/** Activations of one layer, [batch, channels, gridHeight, gridWidth], at the run's input size. */
export interface LayerShape {
  readonly channels: number;
  readonly gridHeight: number;
  readonly gridWidth: number;
  readonly elemType: 'float32' | 'float16';
}

/**
 * Shapes of layers by tensor name. Throws `EigenfleetError('usage')` for a tensor without a spatial grid (rank other than 4)
 * and `EigenfleetError('model')` when ONNX Runtime cannot load the file.
 */
export async function readLayerShapes(
  bytes: Uint8Array,
  model: YoloModel,
  tensors: readonly string[],
  options: ShapeOptions = {},
): Promise<Map<string, LayerShape>> {
  const infos = await readTensorInfos(bytes, model, tensors, options);
  return new Map(
    [...infos].map(([tensor, info]) => {
      const shape = layerShapeOf(info);
      if (shape === undefined) throw noGrid(model, info);
      return [tensor, shape];
    }),
  );
}

/** `undefined` for a tensor without a spatial grid. */
export function layerShapeOf({ elemType, shape }: TensorInfo): LayerShape | undefined {
  const [, channels, gridHeight, gridWidth] = shape;
  if (shape.length !== 4 || (elemType !== 'float32' && elemType !== 'float16')) return undefined;
  if (typeof channels !== 'number') return undefined;
  if (typeof gridHeight !== 'number' || typeof gridWidth !== 'number') return undefined;
  return { channels, gridHeight, gridWidth, elemType };
}

/**
 * Element type and shape of tensors inside the graph, at the run's input size. Most files carry them (value_info); else the tensors become
 * outputs and ONNX Runtime is asked (`runtimeInfos`).
 */
export async function readTensorInfos(
  bytes: Uint8Array,
  model: YoloModel,
  tensors: readonly string[],
  options: ShapeOptions = {},
): Promise<Map<string, TensorInfo>> {
  const { graph } = decodeOnnx(bytes, model.name);
  const viewOf = (tensor: string) => model.views[tensor];
  const wanted = [...new Set(tensors.flatMap((tensor) => sourcesOf(tensor, viewOf(tensor))))];
  const known = new Map<string, TensorInfo>();
  for (const value of [...graph.valueInfo, ...graph.output]) {
    const info = tensorInfo(value);
    if (isStatic(info)) known.set(value.name, info);
  }
  const missing = wanted.filter((tensor) => !known.has(tensor));
  for (const info of await runtimeInfos(bytes, model, missing, options)) known.set(info.name, info);
  const infoOf = (tensor: string) => known.get(tensor) ?? unknownTensor(tensor);
  return new Map(
    tensors.map((tensor) => {
      const sources = sourcesOf(tensor, viewOf(tensor)).map(infoOf);
      return [tensor, viewInfo(tensor, viewOf(tensor), sources)];
    }),
  );
}

/** The error for a layer without a grid, or of integers. */
export function noGrid(model: YoloModel, { name, elemType, shape }: TensorInfo): EigenfleetError {
  const layer = model.modules.find((module) => module.tensor === name)?.name ?? name;
  return new EigenfleetError(
    'usage',
    `Layer "${layer}" of ${model.name} has no spatial grid of numbers (it is ${elemType} ${shapeText(shape)}): choose a layer that "eigenfleet layers" lists with a grid.`,
  );
}
