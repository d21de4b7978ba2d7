import type { ActivationLayer } from '../eigen-cam/eigen-cam-graph.ts';
import type { YoloModel } from './yolo-model.ts';

/** The model, padded to the whole input where a layer has no whole number of cells at other sizes. */
export function withFittingRect(model: YoloModel, layers: readonly ActivationLayer[]): YoloModel {
  const { rectStride, inputHeight, inputWidth } = model;
  if (rectStride === undefined) return model;
  const fits = (side: number, cells: number) => Number.isInteger((rectStride * cells) / side);
  const odd = layers.find(
    ({ gridHeight, gridWidth }) => !fits(inputHeight, gridHeight) || !fits(inputWidth, gridWidth),
  );
  if (odd === undefined) return model;
  const warning = `Images are padded to ${inputHeight}x${inputWidth} pixels (height x width): the grid of layer ${odd.name} does not follow the size of the input.`;
  return { ...model, rectStride: undefined, warnings: [...model.warnings, warning] };
}
