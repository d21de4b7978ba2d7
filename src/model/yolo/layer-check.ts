import type { GraphProto, NodeProto } from 'onnx-buf';
import { EigenfleetError } from '../../shared/errors.ts';
import type { ActivationLayer } from '../eigen-cam/eigen-cam-graph.ts';
import { flowOf, type GraphFlow } from '../graph/graph-flow.ts';
import { integerAttribute } from '../graph/operators.ts';
import type { YoloModel } from './yolo-model.ts';

/**
 * Checks the default layers of a detector against its head: each has as many channels as the weights that read it, and together they have as many cells as the
 * output has anchors. So a graph of a kind that nobody has met is refused instead of being explained by half a layer, or by some of the levels.
 * Throws `EigenfleetError('model')`.
 */
export function assertLayersFit(
  graph: GraphProto,
  model: YoloModel,
  layers: readonly ActivationLayer[],
): void {
  const flow = flowOf(graph, model.inputName);
  const weights = new Map(graph.initializer.map(({ name, dims }) => [name, dims.map(Number)]));
  for (const layer of layers) {
    const wanted = channelsRead(flow, weights, layer);
    const other = wanted.find((channels) => channels !== layer.channels);
    if (other === undefined) continue;
    throw unfit(
      model,
      `${layer.name} (${layer.tensor}) has ${layer.channels} channels, and the weights that read it take ${other}`,
    );
  }
  const { headLayout } = model;
  const anchors = 'anchors' in headLayout ? headLayout.anchors : 'dynamic';
  const cells = layers.reduce((sum, { gridHeight, gridWidth }) => sum + gridHeight * gridWidth, 0);
  if (anchors === 'dynamic' || anchors === cells) return;
  const names = layers.map(({ name }) => name).join(', ');
  throw unfit(model, `${names} have ${cells} cells, and the head answers for ${anchors} anchors`);
}

/** Where a convolution has its weights [out, in / group, height, width]. */
const weightInputs: Readonly<Record<string, number>> = {
  Conv: 1,
  FusedConv: 1,
  ConvInteger: 1,
  QLinearConv: 3,
};

/** Channels that the convolutions behind a layer expect. Those of blocked layers are rounded up, and joined ones are read in parts. */
function channelsRead(
  { readers, originOf }: GraphFlow,
  weights: ReadonlyMap<string, readonly number[]>,
  { tensor, view }: ActivationLayer,
): number[] {
  if (view?.kind === 'unblock' || view?.kind === 'join') return [];
  const channelsOf = (node: NodeProto): number | undefined => {
    const place = weightInputs[node.opType];
    const [, each] = weights.get(originOf(node.input[place ?? -1] ?? '')) ?? [];
    return each === undefined ? undefined : each * (integerAttribute(node, 'group') ?? 1);
  };
  const found = (readers.get(tensor) ?? []).map(channelsOf);
  return found.filter((channels) => channels !== undefined);
}

function unfit({ name }: YoloModel, what: string): EigenfleetError {
  return new EigenfleetError(
    'model',
    `The layers that the head of ${name} reads could not be found: ${what}. Name layers with --layers ("eigenfleet layers" lists them), or use the original export.`,
  );
}
