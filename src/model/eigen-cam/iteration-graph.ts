import type { TargetLayer } from '../../shared/run/run-spec.ts';
import { mulberry32 } from '../../shared/statistics/mulberry32.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { addSteadyProduct } from '../onnx/steady-product.ts';

export interface EigenCamPlan {
  /** The highest component asked for, counted from 1. */
  readonly components: number;
  readonly steps: number;
  /** The grid of an image may be smaller than the layer's: the Gram matrix is always channels x channels then. */
  readonly openGrids?: boolean;
}

/** Names of what an iteration leaves to the host. d = length of a side of the Gram matrix, N = grid cells. */
export interface IterationTensors {
  /** [B, w, d]: rows span, nearly, the leading eigenvectors of the Gram matrix; skew and of any length. Only of several components. */
  readonly basis?: string;
  /** [B, w, d]: `basis` times the Gram matrix. Only of several components. */
  readonly product?: string;
  /** [B, w + r, C]: the last powers of the Gram matrix times the r rows of the start, lowest first. The first w rows are the basis, the last w the product. Only of a single component. */
  readonly powers?: string;
  /** [B, w, N]: the basis times the centered, weighted activations. Only on the channels side. Of a dataset's components those wanted, as they are. */
  readonly projections?: string;
}

export interface Iterated {
  /** The Gram matrix is channels x channels, or cells x cells where that is smaller. */
  readonly side: 'channels' | 'cells';
  /** w: rows of the basis. */
  readonly width: number;
  readonly tensors: IterationTensors;
}

export type Grid = Pick<TargetLayer, 'channels' | 'gridHeight' | 'gridWidth'>;

/** Of a single component: rows of the start, and how many of its powers make the basis. */
const powerRows = 5;
const keptPowers = 2;

/** Cells beyond which `addSquarings` takes a single component. 2048 px at the usual stride of 8 has as many. */
export const greatGridCells = 65_536;

const squarings = 12;

/**
 * Multiplications by the Gram matrix. Measured on the trained YOLOv8n (layers 9, 15, 18, 21, masked and not) against float64 SVD: eight leave
 * 1 - |r| of component 3 below 3e-7, twelve of component 10 below 6e-5. Of component 1, where the host looks at the last two powers together, three leave 4e-9 there, and 5e-4 on an RT-DETR
 * of random weights, whose second singular value is near the first. Its decoder's layers get twice as many.
 *
 * @param isTransformer the head answers queries
 */
export function defaultSteps(components: number, isTransformer = false): number {
  if (components === 1) return isTransformer ? 6 : 3;
  return components < 8 ? 8 : 12;
}

/**
 * A block Krylov space (Golub & Underwood 1977): start, G start, G^2 start ..., of which the host looks at the last ones together. So few products are needed that G itself, the dearest of
 * all, is not: each is two narrow ones, with X and with its transpose, and the first of the two are the projections.
 */
export function addPowers(
  graph: GraphBuilder,
  layer: Grid,
  { steps }: EigenCamPlan,
  centered: string,
): Iterated {
  const { channels, gridHeight, gridWidth } = layer;
  const width = widthOf(layer, powerRows);
  const name = `powers${width}x${channels}/${gridHeight}x${gridWidth}`;
  const start = startBasis(width, channels, powersScale(layer));
  const turned = graph.transposed(centered);
  const cells = gridHeight * gridWidth;
  const across = { rows: width, depth: channels, columns: cells };
  const back = { rows: width, depth: cells, columns: channels };
  const powers = [graph.floats(name, [1, width, channels], start)];
  const projections: string[] = [];
  for (let step = 0; step <= Math.max(steps, keptPowers); step++) {
    const rows = powers.at(-1) ?? '';
    const projection = addSteadyProduct(graph, { rows, matrix: centered, turned, size: across });
    projections.push(projection);
    powers.push(
      addSteadyProduct(graph, { rows: projection, matrix: turned, turned: centered, size: back }),
    );
  }
  const joined = (tensors: readonly string[]) =>
    graph.output(graph.op('Concat', tensors, { axis: 1 }));
  return {
    ...{ side: 'channels', width: width * keptPowers },
    tensors: {
      powers: joined(powers.slice(-keptPowers - 1)),
      projections: joined(projections.slice(-keptPowers)),
    },
  };
}

/**
 * With weights of 1 / N the eigenvalues of G are variances over N. From a start of N^3.5, its powers stay within float32's range where the variance of all channels together is between 1e-6
 * and 1e8. What does not is computed again.
 */
function powersScale({ gridHeight, gridWidth }: Grid): number {
  return 2 ** Math.round(3.5 * Math.log2(gridHeight * gridWidth));
}

/**
 * Of a single component on a great grid, where rows as long as the grid are what an answer weighs: the Gram matrix is squared again and again instead, over its greatest number each time, so
 * that a single row of projections leaves the graph, not ten. After twelve squarings an eigenvalue of 0.999 of the first is down to a sixtieth.
 */
export function addSquarings(graph: GraphBuilder, { channels }: Grid, centered: string): Iterated {
  const gram = addGram(graph, centered, 'channels');
  let power = gram;
  for (let squaring = 0; squaring < squarings; squaring++) {
    const rows = graph.reduced('ReduceMax', power, 2, true);
    const greatest = graph.reduced('ReduceMax', rows, 1, true);
    const scaled = graph.op('Div', [power, graph.op('Max', [greatest, graph.scalar(1e-30)])]);
    power = graph.op('MatMul', [scaled, scaled]);
  }
  const start = graph.floats(`start1x${channels}`, [1, 1, channels], startBasis(1, channels));
  const basis = graph.op('MatMul', [start, power]);
  return {
    ...{ side: 'channels', width: 1 },
    tensors: {
      basis: graph.output(basis),
      product: graph.output(graph.op('MatMul', [basis, gram])),
      projections: graph.output(graph.op('MatMul', [basis, centered])),
    },
  };
}

/** Rows of a basis: as many as are wanted, where the layer has as many directions. */
export function widthOf({ channels, gridHeight, gridWidth }: Grid, wanted: number): number {
  return Math.max(1, Math.min(wanted, channels, gridHeight * gridWidth - 1));
}

/** Not divided by its trace: rows are made of length 1 after each product, so that powers of it neither overflow nor vanish. */
export function addGram(graph: GraphBuilder, centered: string, side: 'channels' | 'cells'): string {
  const turned = graph.transposed(centered);
  return graph.op('MatMul', side === 'channels' ? [centered, turned] : [turned, centered]);
}

/**
 * Where the iteration starts: numbers in [-1, 1) times `scale`, the same on every platform.
 * Depends only on the size: the same layer produces the same map in every run and on every worker.
 */
export function startBasis(width: number, size: number, scale = 1): Float32Array {
  const random = mulberry32(1);
  return Float32Array.from({ length: width * size }, () => scale * (2 * random() - 1));
}
