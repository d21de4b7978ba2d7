import type { TargetLayer } from '../../shared/run/run-spec.ts';
import { type ElementType, elementTypes } from '../onnx/element-types.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { TensorView } from '../onnx/tensor-view.ts';
import {
  addPowers,
  addSquarings,
  type EigenCamPlan,
  greatGridCells,
  type Iterated,
  type IterationTensors,
} from './iteration-graph.ts';
import { addSubspaces, iteratedTogether } from './subspace-graph.ts';

/** A target layer and what its tensor holds. */
export interface ActivationLayer extends Omit<TargetLayer, 'column'> {
  readonly elemType: Exclude<ElementType, 'uint8'>;
  /** How to read `tensor`, where it does not hold the activations as they are. */
  readonly view?: TensorView | undefined;
}

/** Names of the graph's input and output tensors for one layer. Shapes: d = `side` length, N = grid cells. */
export interface EigenCamTensors extends IterationTensors {
  /** Input, float32 [B, 1, N], N open where grids are: 1 / (number of content cells) on content cells, 0 on padding. */
  readonly weights: string;
  /** [B, C, 1]: of the activations over the content. This and the next two not where components are a dataset's. */
  readonly mean?: string;
  /** [B, 1, N]: the mean times the centered, weighted activations. */
  readonly slope?: string;
  /** [B, 1, N]: squared L2 norm of the centered, weighted activations over the channels. */
  readonly squares?: string;
  /** [B, w, 1]: squared lengths of the projections on each of a dataset's components. This and the next two only there: else `layerAnswer` computes them. */
  readonly energies?: string;
  /** [B, 1, 1]: trace of the weighted Gram matrix. */
  readonly trace?: string;
  /** [B, 1, N]: squared L2 norm of the activations over the channels, padding included. */
  readonly energy?: string;
}

/** What `principalComponents` needs to know about a layer besides its tensors. */
export interface EigenCamLayer {
  readonly name: string;
  readonly channels: number;
  readonly gridHeight: number;
  readonly gridWidth: number;
  /** The Gram matrix is channels x channels, or cells x cells where that is smaller; d is its side. */
  readonly side: 'channels' | 'cells';
  /** w: rows of the basis that the host finishes. */
  readonly width: number;
  readonly tensors: EigenCamTensors;
  /** Inside the graph: the centered, weighted activations, [B, C, N]. */
  readonly centered: string;
}

/**
 * Appends Eigen-CAM of some layers (Muhammad & Yeasin 2020, arXiv 2008.00299, centered as in pytorch-grad-cam): with A = activations
 * [B, C, N] and X = (A - weighted mean) * weights, it multiplies a basis by G = X X^T (or X^T X, the smaller) again and again. The host finishes by Rayleigh-Ritz (`principalComponents`).
 */
export function addEigenCam(
  graph: GraphBuilder,
  layers: readonly ActivationLayer[],
  plan: EigenCamPlan,
  batch: number | string,
): EigenCamLayer[] {
  const { components } = plan;
  const groups =
    components > 1 ? iteratedTogether(layers, components) : layers.map((layer) => [layer]);
  return groups.flatMap((group) => addGroup(graph, group, plan, batch));
}

function addGroup(
  graph: GraphBuilder,
  group: readonly ActivationLayer[],
  plan: EigenCamPlan,
  batch: number | string,
): EigenCamLayer[] {
  const { components, openGrids = false } = plan;
  const centered = group.map((layer) => ({
    ...layer,
    ...addCentered(graph, layer, { openGrids, batch }),
  }));
  const iterated =
    components > 1
      ? addSubspaces(graph, centered, plan)
      : centered.map((layer) => addLeading(graph, layer, plan));
  return iterated.flatMap((one, index) => {
    const layer = centered[index];
    return layer === undefined ? [] : [finished(graph, layer, one)];
  });
}

type CenteredLayer = ActivationLayer & CenteredTensors;

function addLeading(graph: GraphBuilder, layer: CenteredLayer, plan: EigenCamPlan): Iterated {
  const isGreat = layer.gridHeight * layer.gridWidth > greatGridCells;
  return isGreat
    ? addSquarings(graph, layer, layer.centered)
    : addPowers(graph, layer, plan, layer.centered);
}

function finished(graph: GraphBuilder, layer: CenteredLayer, iterated: Iterated): EigenCamLayer {
  const { name, channels, gridHeight, gridWidth, weights, mean, centered } = layer;
  const row = graph.op('Reshape', [mean, graph.integers([0, 1, -1])]);
  const tensors: EigenCamTensors = {
    ...{ weights, ...iterated.tensors },
    mean: graph.output(mean),
    slope: graph.output(graph.op('MatMul', [row, centered])),
    squares: graph.output(addEnergy(graph, centered, channels)),
  };
  return { ...iterated, ...{ name, channels, gridHeight, gridWidth, tensors, centered } };
}

/**
 * A layer's activations [B, C, N] in float32, and with the mean of the content taken off, times `weights`: an input of the graph, as `EigenCamTensors` has it.
 */
export function addCentered(
  graph: GraphBuilder,
  layer: ActivationLayer,
  { openGrids, batch }: { readonly openGrids: boolean; readonly batch: number | string },
): CenteredTensors {
  const columns = openGrids ? `${layer.name}/cells` : layer.gridHeight * layer.gridWidth;
  const weights = graph.input(`${layer.name}/weights`, 'float32', [batch, 1, columns]);
  const activations = addActivations(graph, layer);
  // The same numbers as a column: of a transposed row, ONNX Runtime's product takes four times as long.
  const column = graph.op('Reshape', [weights, graph.integers([0, -1, 1])]);
  const mean = graph.op('MatMul', [activations, column]);
  const centered = graph.op('Mul', [graph.op('Sub', [activations, mean]), weights]);
  return { weights, activations, mean, centered };
}

interface CenteredTensors {
  readonly weights: string;
  /** [B, C, N] */
  readonly activations: string;
  /** [B, C, 1] */
  readonly mean: string;
  /** [B, C, N] */
  readonly centered: string;
}

/** float32 [B, C, N]. */
export function addActivations(
  graph: GraphBuilder,
  { tensor, elemType }: Pick<ActivationLayer, 'tensor' | 'elemType'>,
): string {
  const flat = graph.op('Reshape', [tensor, graph.integers([0, 0, -1])]);
  return elemType === 'float32' ? flat : graph.op('Cast', [flat], { to: elementTypes.float32 });
}

/** [B, 1, N]: squared L2 norm over the channels. A row of ones times the squares: half the time of ReduceL2, which walks the channels with a stride. */
export function addEnergy(graph: GraphBuilder, activations: string, channels: number): string {
  const squares = graph.op('Mul', [activations, activations]);
  return graph.op('MatMul', [ones(graph, [1, channels]), squares]);
}

function ones(graph: GraphBuilder, dims: readonly [number, number]): string {
  const values = new Float32Array(dims[0] * dims[1]).fill(1);
  return graph.floats(`ones${dims[0]}x${dims[1]}`, dims, values);
}
