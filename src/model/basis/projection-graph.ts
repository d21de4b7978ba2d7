import type { LayerBasis } from '../../shared/basis/dataset-basis.ts';
import {
  type ActivationLayer,
  addCentered,
  addEnergy,
  type EigenCamLayer,
} from '../eigen-cam/eigen-cam-graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { addSteadyProduct } from '../onnx/steady-product.ts';

export interface ProjectionPlan {
  readonly basis: LayerBasis;
  /** Whose projections leave the graph, counted from 1. */
  readonly components: readonly number[];
  readonly batch: number | string;
  readonly openGrids: boolean;
}

/**
 * Appends what the fixed components of a dataset's basis see in one layer: with A = activations [B, C, N] and m the mean over the dataset,
 * X = (A - m) * weights and P = V X. No Gram matrix and no iteration, so it costs less than an image's own components.
 */
export function addBasisProjection(
  graph: GraphBuilder,
  layer: ActivationLayer,
  { basis, components, batch, openGrids }: ProjectionPlan,
): EigenCamLayer {
  const { name, channels, gridHeight, gridWidth } = layer;
  const width = basis.vectors.length / channels;
  // Around the image's own mean is for others, and is not computed where nobody wants it.
  const { weights, activations, centered: own } = addCentered(graph, layer, { openGrids, batch });
  const mean = graph.floats(`${name}/mean`, [1, channels, 1], Float32Array.from(basis.mean));
  const rows = Float32Array.from(basis.vectors);
  const vectors = graph.floats(`${name}/components`, [1, width, channels], rows);
  const centered = graph.op('Mul', [graph.op('Sub', [activations, mean]), weights]);
  const size = { rows: width, depth: channels, columns: gridHeight * gridWidth };
  const all = addSteadyProduct(graph, { rows: vectors, matrix: centered, size });
  const wanted = graph.integers(components.map((component) => component - 1));
  const tensors = {
    weights,
    projections: graph.output(graph.op('Gather', [all, wanted], { axis: 1 })),
    energies: graph.output(graph.reduced('ReduceSum', graph.op('Mul', [all, all]), 2, true)),
    trace: graph.output(graph.reduced('ReduceSum', addEnergy(graph, centered, channels), 2, true)),
    energy: graph.output(addEnergy(graph, activations, channels)),
  };
  return { name, channels, gridHeight, gridWidth, side: 'channels', width, tensors, centered: own };
}
