import type { TargetLayer } from '../../shared/run/run-spec.ts';
import { mulberry32 } from '../../shared/statistics/mulberry32.ts';
import {
  type ElementType,
  elementTypes,
  type GraphBuilder,
  steppingSlice,
  toTheEnd,
} from '../onnx/graph-builder.ts';
import type { TensorView } from '../onnx/tensor-view.ts';

/** A target layer and what its tensor holds. */
export interface ActivationLayer extends Omit<TargetLayer, 'column'> {
  readonly elemType: Exclude<ElementType, 'uint8'>;
  /** How to read `tensor`, where it does not hold the activations as they are. */
  readonly view?: TensorView | undefined;
}

/** Names of the graph's input and output tensors for one layer. Shapes: d = `side` length, N = grid cells. */
export interface EigenCamTensors {
  /** Input, float32 [B, 1, N], N open where grids are: 1 / (number of content cells) on content cells, 0 on padding. */
  readonly weights: string;
  /** [B, w, d]: rows span, nearly, the leading eigenvectors of `G`; skew and of any length. Not where components are a dataset's. */
  readonly basis?: string;
  /** [B, w, d]: `basis` times `G`. Not where components are a dataset's. */
  readonly product?: string;
  /** [B, w, N]: `basis` times the centered, weighted activations. Only on the channels side. Of a dataset's components those wanted, as they are. */
  readonly projections?: string;
  /** [B, w, 1]: squared lengths of the projections on each of a dataset's components. Only there. */
  readonly energies?: string;
  /** [B, 1, 1]: trace of the weighted Gram matrix, before it was divided by it. */
  readonly trace: string;
  /** [B, 1, N]: squared L2 norm of the activations over the channels, padding included. */
  readonly energy: string;
}

/** What `principalComponents` needs to know about a layer besides its tensors. */
export interface EigenCamLayer {
  readonly name: string;
  readonly channels: number;
  readonly gridHeight: number;
  readonly gridWidth: number;
  /** The Gram matrix is channels x channels, or cells x cells where that is smaller; d is its side. */
  readonly side: 'channels' | 'cells';
  /** w: columns of the iterated basis. */
  readonly width: number;
  readonly tensors: EigenCamTensors;
  /** Inside the graph: the centered, weighted activations, [B, C, N]. */
  readonly centered: string;
}

export interface EigenCamPlan {
  /** The highest component asked for, counted from 1. */
  readonly components: number;
  readonly steps: number;
  /** The grid of an image may be smaller than the layer's: the Gram matrix is always channels x channels then. */
  readonly openGrids?: boolean;
}

/** Extra columns to iterate: the first eigenvalue beyond them decides how fast the wanted ones converge. */
const oversampling = 4;

/**
 * Multiplications by the Gram matrix. Measured on the trained YOLOv8n (layers 9, 15, 18, 21, masked and not) against float64 SVD: eight leave
 * 1 - |r| of component 3 below 3e-7, twelve of component 10 below 6e-5. Component 1: on an RT-DETR of random weights, whose second singular value is
 * near the first, five leave 2.3e-5 and six 3.1e-6; seven lose digits, as the rows, never made orthogonal, become alike: 1.7e-6 on the YOLOv8n, where six stay below 1e-6.
 */
export function defaultSteps(components: number): number {
  if (components === 1) return 6;
  return components < 8 ? 8 : 12;
}

/**
 * Appends Eigen-CAM of one layer (Muhammad & Yeasin 2020, arXiv 2008.00299, centered as in pytorch-grad-cam): with A = activations
 * [B, C, N], X = (A - weighted mean) * weights, G = X X^T / trace (or X^T X / trace, the smaller), it iterates a basis by G. G is never
 * squared: in float32 that would lose every component but the first. The host finishes by Rayleigh-Ritz (`principalComponents`).
 */
export function addEigenCam(
  graph: GraphBuilder,
  layer: ActivationLayer,
  plan: EigenCamPlan,
  batch: number | string,
): EigenCamLayer {
  const cells = layer.gridHeight * layer.gridWidth;
  const { openGrids = false } = plan;
  const side = cells <= layer.channels && !openGrids ? 'cells' : 'channels';
  const width = Math.max(1, Math.min(plan.components + oversampling, layer.channels, cells - 1));
  const { weights, activations, centered } = addCentered(graph, layer, { openGrids, batch });
  const size = side === 'cells' ? cells : layer.channels;
  const { gram, trace } = addGram(graph, centered, side, size);
  const basis = addIteration(graph, gram, {
    width,
    size,
    steps: plan.steps,
    orthogonal: plan.components > 1,
  });
  const tensors: EigenCamTensors = {
    weights,
    basis: graph.output(basis),
    product: graph.output(graph.op('MatMul', [basis, gram])),
    ...(side === 'channels' && {
      projections: graph.output(graph.op('MatMul', [basis, centered])),
    }),
    trace: graph.output(trace),
    energy: graph.output(addEnergy(graph, activations, layer.channels)),
  };
  const { name, channels, gridHeight, gridWidth } = layer;
  return { name, channels, gridHeight, gridWidth, side, width, tensors, centered };
}

/**
 * A layer's activations [B, C, N] in float32, and with the mean of the content taken off, times `weights`: an input of the graph, as `EigenCamTensors` has it.
 */
export function addCentered(
  graph: GraphBuilder,
  layer: ActivationLayer,
  { openGrids, batch }: { readonly openGrids: boolean; readonly batch: number | string },
): { readonly weights: string; readonly activations: string; readonly centered: string } {
  const columns = openGrids ? `${layer.name}/cells` : layer.gridHeight * layer.gridWidth;
  const weights = graph.input(`${layer.name}/weights`, 'float32', [batch, 1, columns]);
  const activations = addActivations(graph, layer);
  return { weights, activations, centered: addCentering(graph, activations, weights) };
}

/** float32 [B, C, N]. */
export function addActivations(
  graph: GraphBuilder,
  { tensor, elemType }: Pick<ActivationLayer, 'tensor' | 'elemType'>,
): string {
  const flat = graph.op('Reshape', [tensor, graph.integers([0, 0, -1])]);
  return elemType === 'float32' ? flat : graph.op('Cast', [flat], { to: elementTypes.float32 });
}

/** The mean is a matrix product, as sums are throughout: ReduceSum changed at operator set 13, and products are no slower. */
function addCentering(graph: GraphBuilder, activations: string, weights: string): string {
  const mean = graph.op('MatMul', [activations, graph.transposed(weights)]);
  return graph.op('Mul', [graph.op('Sub', [activations, mean]), weights]);
}

/** Divided by its trace, so that powers of it neither overflow nor vanish; a zero trace yields NaN, which the host treats as degenerate. */
function addGram(
  graph: GraphBuilder,
  centered: string,
  side: 'channels' | 'cells',
  size: number,
): { gram: string; trace: string } {
  const turned = graph.transposed(centered);
  const product =
    side === 'channels'
      ? graph.op('MatMul', [centered, turned])
      : graph.op('MatMul', [turned, centered]);
  const trace = addTrace(graph, product, size);
  return { gram: graph.op('Div', [product, trace]), trace };
}

function addTrace(graph: GraphBuilder, product: string, size: number): string {
  const flat = graph.integers([0, 1, -1]);
  if (graph.opset < steppingSlice) {
    const identity = Float32Array.from({ length: size * size }, (_, i) =>
      i % (size + 1) === 0 ? 1 : 0,
    );
    const mask = graph.floats(`identity${size}`, [size, size], identity);
    const row = graph.op('Reshape', [graph.op('Mul', [product, mask]), flat]);
    return graph.op('MatMul', [row, ones(graph, [size * size, 1])]);
  }
  const row = graph.op('Reshape', [product, flat]);
  const diagonal = graph.sliced(row, 2, { start: 0, end: toTheEnd, step: size + 1 });
  return graph.op('MatMul', [diagonal, ones(graph, [size, 1])]);
}

function addIteration(
  graph: GraphBuilder,
  gram: string,
  plan: { width: number; size: number; steps: number; orthogonal: boolean },
): string {
  const { width, size } = plan;
  let basis = graph.floats(`start${width}x${size}`, [1, width, size], startBasis(width, size));
  for (let step = 0; step < plan.steps; step++) {
    basis = graph.op('MatMul', [basis, gram]);
    if (plan.orthogonal) basis = addOrthogonalization(graph, basis, width);
  }
  return basis;
}

/**
 * Makes the rows z of [B, w, d] nearly orthogonal: unit length, then z <- (I + L)^-1 z with L the strictly lower part of z z^T. L is
 * nilpotent, so the inverse is exactly (I - L)(I + L^2)(I + L^4)..., ceil(log2 w) factors: a fifth of the nodes of Gram-Schmidt. The rows left
 * over are not quite orthogonal while the iteration begins and are so when it ends (measured: condition 1.0 after 8 steps, and the same
 * components as Gram-Schmidt); the host removes the remaining skew.
 */
function addOrthogonalization(graph: GraphBuilder, basis: string, width: number): string {
  const length = graph.op('Max', [graph.reduced('ReduceL2', basis, 2, true), graph.scalar(1e-30)]);
  let rows = graph.op('Div', [basis, length]);
  const overlaps = graph.op('MatMul', [rows, graph.transposed(rows)]);
  const lower = graph.floats(`lower${width}`, [width, width], strictlyLower(width));
  let power = graph.op('Mul', [overlaps, lower]);
  for (let reach = 1; reach < width; reach *= 2) {
    if (reach > 1) power = graph.op('MatMul', [power, power]);
    const change = graph.op('MatMul', [power, rows]);
    rows = graph.op(reach === 1 ? 'Sub' : 'Add', [rows, change]);
  }
  return rows;
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

function strictlyLower(width: number): Float32Array {
  return Float32Array.from({ length: width * width }, (_, index) =>
    index % width < Math.floor(index / width) ? 1 : 0,
  );
}

/**
 * Where the iteration starts: numbers in [-1, 1), the same on every platform.
 * Depends only on the size: the same layer produces the same map in every run and on every worker.
 */
function startBasis(width: number, size: number): Float32Array {
  const random = mulberry32(1);
  return Float32Array.from({ length: width * size }, () => 2 * random() - 1);
}
