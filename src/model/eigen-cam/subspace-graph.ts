import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { addSteadyProduct } from '../onnx/steady-product.ts';
import {
  addGram,
  type EigenCamPlan,
  type Grid,
  type Iterated,
  startBasis,
  widthOf,
} from './iteration-graph.ts';

/** A layer to iterate, and its activations. */
export interface CenteredGrid extends Grid {
  /** [B, C, N]: centered and weighted. */
  readonly centered: string;
}

/** Extra columns to iterate: the first eigenvalue beyond them decides how fast the wanted ones converge. */
const oversampling = 4;

/** Layers are iterated together up to so many numbers an image: all of them wait for the last. 16 MiB of float32 at most; three layers of YOLOv8n at 640 px are 3. */
const mostTogether = 2 ** 22;

/** Of the start, so that what rows of a basis become has room on both sides in float32: their squared lengths are taken. */
const startScale = 2 ** 20;

/** Neighbors of one width, up to `mostTogether`: what `addSubspaces` takes at once. */
export function iteratedTogether<T extends Grid>(layers: readonly T[], components: number): T[][] {
  const groups: T[][] = [];
  let width = 0;
  let numbers = 0;
  for (const layer of layers) {
    const own = widthOf(layer, components + oversampling);
    const more = layer.channels * layer.gridHeight * layer.gridWidth;
    const group = own === width && numbers + more <= mostTogether ? groups.at(-1) : undefined;
    if (group === undefined) groups.push([layer]);
    else group.push(layer);
    numbers = group === undefined ? more : numbers + more;
    width = own;
  }
  return groups;
}

/** Subspace iteration of layers of one width: made orthogonal after each product, so that rows tend to different components. The small nodes of that are those of all layers. */
export function addSubspaces(
  graph: GraphBuilder,
  layers: readonly CenteredGrid[],
  plan: EigenCamPlan,
): Iterated[] {
  const started = layers.map((layer) => start(graph, layer, plan));
  iterate(graph, started, plan.steps);
  return started.map((one) => iteratedOf(graph, one));
}

interface Iteration {
  readonly layer: CenteredGrid;
  readonly side: Iterated['side'];
  readonly width: number;
  /** [B, d, d] */
  readonly gram: string;
  /** [B, w, d] */
  basis: string;
}

function start(
  graph: GraphBuilder,
  layer: CenteredGrid,
  { components, openGrids }: EigenCamPlan,
): Iteration {
  const { channels, gridHeight, gridWidth, centered } = layer;
  const cells = gridHeight * gridWidth;
  const side = cells <= channels && !openGrids ? 'cells' : 'channels';
  const width = widthOf(layer, components + oversampling);
  const size = side === 'cells' ? cells : channels;
  const gram = addGram(graph, centered, side);
  const values = startBasis(width, size, startScale);
  const basis = graph.floats(`start${width}x${size}`, [1, width, size], values);
  return { ...{ layer, side, width }, gram, basis };
}

function iterate(graph: GraphBuilder, group: readonly Iteration[], steps: number): void {
  const [{ width } = { width: 0 }] = group;
  for (let step = 0; step < steps; step++) {
    const products = group.map((one) => addGramProduct(graph, one));
    const turns = addTurns(graph, products, width);
    group.forEach((one, index) => {
      one.basis = graph.op('MatMul', [turns[index] ?? '', products[index] ?? '']);
    });
  }
}

/** The Gram matrix is its own transpose. */
function addGramProduct(graph: GraphBuilder, { basis, gram, width, side, layer }: Iteration) {
  const long = side === 'channels' ? layer.channels : layer.gridHeight * layer.gridWidth;
  const size = { rows: width, depth: long, columns: long };
  return addSteadyProduct(graph, { rows: basis, matrix: gram, turned: gram, size });
}

function iteratedOf(graph: GraphBuilder, iteration: Iteration): Iterated {
  const { layer, side, width, basis } = iteration;
  const { channels, gridHeight, gridWidth, centered } = layer;
  const size = { rows: width, depth: channels, columns: gridHeight * gridWidth };
  return {
    ...{ side, width },
    tensors: {
      basis: graph.output(basis),
      product: graph.output(addGramProduct(graph, iteration)),
      ...(side === 'channels' && {
        projections: graph.output(addSteadyProduct(graph, { rows: basis, matrix: centered, size })),
      }),
    },
  };
}

/**
 * For each layer's rows z, [B, w, d], what makes them orthogonal from the left, [B, w, w]. With the overlaps z z^T = D + M + M^T, D their diagonal and M strictly lower, that is
 * (D + M)^-1 = T D^-1 with T = (I + D^-1 M)^-1. Inverses of the blocks of 1, 2, 4 ... rows on the diagonal make those of twice the size, [[A, 0], [C, B]]^-1 = [[A^-1, 0],
 * [-B^-1 C A^-1, B^-1]], all of a size, and of all layers, at once: T - T C T, a fifth of the nodes of Gram-Schmidt. Rows of length l become 1 / l long, which the next product mends; they
 * are not quite orthogonal while the iteration begins, as their overlaps were not those of what came out, and the host removes what skew remains.
 */
function addTurns(graph: GraphBuilder, rows: readonly string[], width: number): string[] {
  const overlaps = graph.joined(
    rows.map((each) => graph.op('MatMul', [each, graph.transposed(each)])),
    0,
  );
  const unit = graph.floats(
    `unit${width}`,
    [width, width],
    square(width, (row, at) => row === at),
  );
  const diagonal = graph.reduced('ReduceMax', graph.op('Mul', [overlaps, unit]), 2, true);
  const squares = graph.op('Max', [diagonal, graph.scalar(1e-30)]);
  const scaled = graph.op('Div', [overlaps, squares]);
  let inverse = unit;
  for (let side = 1; side < width; side *= 2) {
    const mask = square(width, (row, at) => isBelow(row, at, side));
    const pairs = graph.floats(`pairs${side}/${width}`, [width, width], mask);
    let corner = graph.op('Mul', [scaled, pairs]);
    if (side > 1) {
      corner = graph.op('MatMul', [graph.op('MatMul', [inverse, corner]), inverse]);
    }
    inverse = graph.op('Sub', [inverse, corner]);
  }
  const columns = graph.op('Reshape', [squares, graph.integers([-1, 1, width])]);
  return graph.parts(graph.op('Div', [inverse, columns]), 0, rows.length);
}

/** Whether a place is in the lower left of two neighboring blocks of `side` rows. */
function isBelow(row: number, column: number, side: number): boolean {
  const [own, other] = [Math.floor(row / side), Math.floor(column / side)];
  return own % 2 === 1 && other === own - 1;
}

function square(width: number, isOne: (row: number, column: number) => boolean): Float32Array {
  return Float32Array.from({ length: width * width }, (_, index) =>
    isOne(Math.floor(index / width), index % width) ? 1 : 0,
  );
}
