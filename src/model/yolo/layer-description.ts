import type { TensorInfo } from '../onnx/tensor-info.ts';
import type { FeatureLayers } from './feature-layers.ts';
import { layerShapeOf } from './layer-shapes.ts';
import type { ModuleOutput } from './module-graph.ts';
import { resolveTargetLayers } from './module-layers.ts';
import type { YoloModel } from './yolo-model.ts';

/** One line of `eigenfleet layers`. Sizes are `undefined` where the output has no spatial grid (a head). */
export interface LayerDescription {
  readonly name: string;
  readonly tensor: string;
  readonly block: string;
  readonly opType: string;
  readonly elemType: string;
  readonly channels: number | undefined;
  readonly gridHeight: number | undefined;
  readonly gridWidth: number | undefined;
  /** Input pixels per cell, vertically. */
  readonly stride: number | undefined;
  /** Names of the modules that read it. */
  readonly readBy: readonly string[];
  readonly isDefault: boolean;
  /** Why it is, or is not, explained when no layers are asked for; one sentence. */
  readonly reason: string;
}

/** One row a module, in the order of the graph. */
export function moduleRows(
  model: YoloModel,
  infos: ReadonlyMap<string, TensorInfo>,
): LayerDescription[] {
  const defaults = new Set(model.defaultTargets);
  return model.modules.map((module): LayerDescription => {
    const info = infos.get(module.tensor);
    const shape = info && layerShapeOf(info);
    return {
      name: module.name,
      tensor: module.tensor,
      block: module.isHead ? (model.metadata.head ?? 'head') : module.block,
      opType: module.opType,
      elemType: info?.elemType ?? 'undefined',
      channels: shape?.channels,
      gridHeight: shape?.gridHeight,
      gridWidth: shape?.gridWidth,
      stride: shape && model.inputHeight / shape.gridHeight,
      readBy: module.readBy.map((index) => `${model.modulePrefix}.${index}`),
      isDefault: defaults.has(module.tensor),
      reason: reasonFor(model, module, defaults.has(module.tensor)),
    };
  });
}

/** Of a model whose head is not known: one row a grid. */
export function featureRows(
  model: YoloModel,
  { layers, tensors }: FeatureLayers,
): LayerDescription[] {
  const all = layers.map(({ tensor }) => tensor);
  const names = new Map(resolveTargetLayers(model, all).map((one) => [one.tensor, one.name]));
  return layers.map(({ tensor, ...shape }) => {
    const isDefault = tensors.includes(tensor);
    return {
      ...{ name: names.get(tensor) ?? tensor, tensor, ...shape },
      ...{ block: 'features', opType: '', readBy: [], isDefault },
      stride: model.inputHeight / shape.gridHeight,
      reason: isDefault ? 'Default: the last of a late grid.' : 'On request: an early grid.',
    };
  });
}

function reasonFor(model: YoloModel, module: ModuleOutput, isDefault: boolean): string {
  if (isDefault && module.isHead)
    return 'Default: the last features, before the head averages them.';
  if (isDefault && module.readBy.includes(model.headModule)) return 'Default: the head reads it.';
  if (isDefault) return 'Default: one of the last two layers with a grid.';
  if (module.isHead) return 'Not explained: the output of the head has no spatial grid.';
  return 'On request: the head does not read it.';
}
