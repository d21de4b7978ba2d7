import type { ActivationLayer } from '../../eigen-cam/eigen-cam-graph.ts';
import { unknownTensor } from '../../onnx/tensor-info.ts';
import { layerShapeOf, readTensorInfos } from '../layer-shapes.ts';
import type { ShapeOptions } from '../runtime-shapes.ts';
import type { YoloModel } from '../yolo-model.ts';

/**
 * What the head reads, in its order, where its anchors are the cells of these, one level after the other, row by row; else nothing. Of a head that answers with finished rows
 * nobody knows how many anchors it had before: there its scores must show that they are these cells (`findEvidence`).
 *
 * @param layers target layers, whose shapes are known
 */
export async function anchorLevels(
  bytes: Uint8Array,
  model: YoloModel,
  layers: readonly ActivationLayer[],
  options: ShapeOptions,
): Promise<ActivationLayer[]> {
  const { headInputs, headLayout, modules, views } = model;
  if (!('anchors' in headLayout || 'rows' in headLayout)) return [];
  const known = new Map(layers.map((layer) => [layer.tensor, layer]));
  const others = headInputs.filter((tensor) => !known.has(tensor));
  const infos = await readTensorInfos(bytes, model, others, options);
  const levels = headInputs.flatMap((tensor): ActivationLayer[] => {
    const layer = known.get(tensor);
    if (layer !== undefined) return [layer];
    const shape = layerShapeOf(infos.get(tensor) ?? unknownTensor(tensor));
    const name = modules.find((module) => module.tensor === tensor)?.name ?? tensor;
    const view = views[tensor];
    return shape === undefined ? [] : [{ name, tensor, ...shape, ...(view && { view }) }];
  });
  const cells = levels.reduce((sum, { gridHeight, gridWidth }) => sum + gridHeight * gridWidth, 0);
  const { anchors } = 'anchors' in headLayout ? headLayout : unknownAnchors;
  return anchors === 'dynamic' || anchors === cells ? levels : [];
}

const unknownAnchors = { anchors: 'dynamic' } as const;
