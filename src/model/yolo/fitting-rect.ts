import type { GraphProto } from 'onnx-buf';
import type { ActivationLayer } from '../eigen-cam/eigen-cam-graph.ts';
import type { YoloModel } from './yolo-model.ts';

interface RectFacts {
  readonly layers: readonly ActivationLayer[];
  readonly levels: readonly ActivationLayer[];
  readonly graph: GraphProto;
}

/**
 * The model, padded to the whole input where a layer has no whole number of cells at other sizes, and where the graph has the anchors of one size as a constant: PyTorch's
 * exporters open the sides of an input on demand, and what the network computed once for its anchors stays.
 *
 * @param levels what the head reads, where its anchors are the cells of these
 */
export function withFittingRect(model: YoloModel, { layers, levels, graph }: RectFacts): YoloModel {
  const { rectStride, inputHeight, inputWidth } = model;
  if (rectStride === undefined) return model;
  const fits = (side: number, cells: number) => Number.isInteger((rectStride * cells) / side);
  const odd = layers.find(
    ({ gridHeight, gridWidth }) => !fits(inputHeight, gridHeight) || !fits(inputWidth, gridWidth),
  );
  if (odd === undefined && !hasFrozenAnchors(graph, levels)) return model;
  const what =
    odd === undefined ? 'the anchors of the head do' : `the grid of layer ${odd.name} does`;
  const warning = `Images are padded to ${inputHeight}x${inputWidth} pixels (height x width): ${what} not follow the size of the input.`;
  return { ...model, rectStride: undefined, warnings: [...model.warnings, warning] };
}

/** What joins the anchors' places and strides with what the network answers for them. */
const arithmetic: readonly string[] = ['Add', 'Sub', 'Mul', 'Div'];

/** A constant of as many numbers a row as the levels have cells. */
function hasFrozenAnchors(
  { node, initializer }: GraphProto,
  levels: readonly ActivationLayer[],
): boolean {
  const cells = levels.reduce((sum, { gridHeight, gridWidth }) => sum + gridHeight * gridWidth, 0);
  const hasCells = (dims: readonly bigint[] = []) =>
    cells > 1 && dims.some((size) => Number(size) === cells);
  const frozen = new Set(initializer.filter(({ dims }) => hasCells(dims)).map(({ name }) => name));
  for (const { opType, output, attribute } of node) {
    const value =
      opType === 'Constant' ? attribute.find(({ name }) => name === 'value')?.t : undefined;
    if (hasCells(value?.dims)) frozen.add(output[0] ?? '');
  }
  return node.some(
    ({ opType, input }) => arithmetic.includes(opType) && input.some((name) => frozen.has(name)),
  );
}
