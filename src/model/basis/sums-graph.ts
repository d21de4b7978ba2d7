import { type ActivationLayer, addActivations, addEnergy } from '../eigen-cam/eigen-cam-graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';

/** Names of the graph's input and output tensors for one layer; w is C + 1. */
export interface SumsTensors {
  /** Input, float32 [B, 1, N]: 1 / (number of content cells) on content cells, 0 on padding. */
  readonly weights: string;
  /** [w, w]: products of the activations and their norm around each image's own mean, summed over cells and images. */
  readonly scatter: string;
  /** [B, w, 1]: the means. */
  readonly means: string;
}

/**
 * Appends the sums of one layer. Products are those of one image in float32, which is precise around its own mean; the images of a batch are added to
 * each other, so that one matrix leaves the graph however many there are. An image whose weights are all 0 adds nothing.
 */
export function addActivationSums(
  graph: GraphBuilder,
  layer: ActivationLayer,
  { batch, openGrids }: { readonly batch: number | string; readonly openGrids: boolean },
): SumsTensors {
  const cells = openGrids ? `${layer.name}/cells` : layer.gridHeight * layer.gridWidth;
  const weights = graph.input(`${layer.name}/weights`, 'float32', [batch, 1, cells]);
  const activations = addActivations(graph, layer);
  const norm = graph.op('Sqrt', [addEnergy(graph, activations, layer.channels)]);
  const rows = graph.op('Concat', [activations, norm], { axis: 1 });
  const means = graph.op('MatMul', [rows, graph.transposed(weights)]);
  const content = graph.op('Sign', [weights]);
  const centered = graph.op('Mul', [graph.op('Sub', [rows, means]), content]);
  const products = graph.op('MatMul', [centered, graph.transposed(centered)]);
  const scatter = graph.reduced('ReduceSum', products, 0, false);
  return { weights, scatter: graph.output(scatter), means: graph.output(means) };
}
