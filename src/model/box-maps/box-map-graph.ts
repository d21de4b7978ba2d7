import { type ActivationLayer, addEnergy } from '../eigen-cam/eigen-cam-graph.ts';
import type { HeadTensors } from '../head/heads.ts';
import { classOffset } from '../head/nms.ts';
import { elementTypes } from '../onnx/element-types.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { addSteadyProduct } from '../onnx/steady-product.ts';
import type { BoxMapPlan, LevelProducts } from './box-map-plan.ts';
import { addChosenColumns, addOnlyKept, addRoom } from './chosen-rows.ts';
import { addSize, addWithin } from './places-within.ts';
import { addRowAnchors } from './row-anchors.ts';

/** Names of the graph's outputs: `BoxMapAnswer` has the shapes. */
export interface BoxMapTensors {
  readonly anchors: string;
  readonly rows?: string;
  readonly levels: readonly LevelTensors[];
}

export type LevelTensors = Pick<LevelProducts, 'name' | 'gridHeight' | 'gridWidth'> & {
  readonly products: string;
  readonly squares: string;
};

export interface BoxMapContext {
  readonly head: HeadTensors;
  /** Centered activations [B, C, N] of the plan's levels. */
  readonly centered: readonly string[];
  /** Images differ in their grids. */
  readonly openGrids: boolean;
}

/**
 * Appends the choice of the strongest boxes, and for each the products of its anchor's centered features with those of every cell of its level. Which boxes are kept is
 * known for certain only on the host; the graph's own suppression, of the same rule, chooses the same ones, so that no features need to leave it.
 */
export function addBoxMaps(
  graph: GraphBuilder,
  plan: BoxMapPlan,
  { head, centered, openGrids }: BoxMapContext,
): BoxMapTensors {
  const { anchors, rows } = addChoice(graph, plan, head, openGrids);
  const places = graph.op('Cast', [anchors], { to: elementTypes.float32 });
  let start = graph.scalar(0);
  const levels = plan.levels.map((level, index) => {
    const features = centered[index] ?? '';
    const cells = openGrids
      ? addSize(graph, features, 2)
      : graph.scalar(level.gridHeight * level.gridWidth);
    const own = { places: graph.op('Sub', [places, start]), cells, features, picks: plan.picks };
    start = graph.op('Add', [start, cells]);
    return addProducts(graph, level, own);
  });
  const integers = (places: string) =>
    graph.output(graph.op('Cast', [places], { to: elementTypes.int32 }));
  return { anchors: integers(anchors), ...(rows && { rows: integers(rows) }), levels };
}

/** [B, 1, picks], int64: the strongest anchors, and of finished rows which rows they are of. */
function addChoice(
  graph: GraphBuilder,
  plan: BoxMapPlan,
  head: HeadTensors,
  openGrids: boolean,
): { readonly anchors: string; readonly rows?: string } {
  const { scores, picks } = plan;
  if (scores === undefined) return { anchors: addPicks(graph, plan, head, openGrids) };
  if (!('rows' in head.tensors)) throw new RangeError(`a head of kind ${head.kind} has no rows`);
  return addRowAnchors(graph, { rows: head.tensors.rows, scores, picks });
}

/** [B, 1, picks], int64: anchors, the best score first. */
function addPicks(
  graph: GraphBuilder,
  { picks, confThreshold, iouThreshold, levels }: BoxMapPlan,
  head: HeadTensors,
  openGrids: boolean,
): string {
  const { scores, corners } = addCandidates(graph, head);
  const limits = [graph.scalar(iouThreshold), graph.scalar(confThreshold)];
  const rules = [graph.integers([picks]), ...limits];
  const kept = graph.op('NonMaxSuppression', [graph.transposed(corners), scores, ...rules]);
  const best = graph.reduced('ReduceMax', addOnlyKept(graph, scores, kept), 1, true);
  const anchors = levels.reduce((sum, one) => sum + one.gridHeight * one.gridWidth, 0);
  if (!openGrids && anchors >= picks) return graph.placesOfGreatest(best, picks);
  // A small image may have fewer anchors.
  return graph.placesOfGreatest(addRoom(graph, best, picks), picks);
}

/** `scores`: [B, classes, N], or [B, 1, N] of the best class. `corners`: [B, 4, N], those of different best classes far apart. */
function addCandidates(
  graph: GraphBuilder,
  head: HeadTensors,
): { readonly scores: string; readonly corners: string } {
  if (!('boxes' in head.tensors))
    throw new RangeError(`a head of kind ${head.kind} has no anchors`);
  const { boxes, scores, classIds } = head.tensors;
  const half = addHalves(graph, head, boxes);
  const centers = graph.sliced(boxes, 1, { start: 0, end: 2, step: 1 });
  const sides = [graph.op('Sub', [centers, half]), graph.op('Add', [centers, half])];
  const corners = graph.op('Concat', sides, { axis: 1 });
  if (classIds === undefined) return { scores, corners };
  const rows = graph.integers([0, 1, -1]);
  const ids = graph.op('Cast', [classIds], { to: elementTypes.float32 });
  const apart = graph.op('Mul', [graph.op('Reshape', [ids, rows]), graph.scalar(classOffset)]);
  return {
    scores: graph.op('Reshape', [scores, rows]),
    corners: graph.op('Add', [corners, apart]),
  };
}

/** [B, 2, N]: half of each width and height; of a rotated box, of the upright one around it. */
function addHalves(graph: GraphBuilder, head: HeadTensors, boxes: string): string {
  const sizes = graph.sliced(boxes, 1, { start: 2, end: 4, step: 1 });
  const half = graph.op('Mul', [sizes, graph.scalar(0.5)]);
  if (head.kind !== 'obb') return half;
  const turn = (operator: 'Cos' | 'Sin') =>
    graph.op('Abs', [graph.op(operator, [head.tensors.angles])]);
  const swapped = graph.op(
    'Concat',
    [
      ...[graph.sliced(half, 1, { start: 1, end: 2, step: 1 })],
      ...[graph.sliced(half, 1, { start: 0, end: 1, step: 1 })],
    ],
    { axis: 1 },
  );
  const along = graph.op('Mul', [half, turn('Cos')]);
  return graph.op('Add', [along, graph.op('Mul', [swapped, turn('Sin')])]);
}

interface PickedPlaces {
  readonly places: string;
  readonly cells: string;
  readonly features: string;
  readonly picks: number;
}

function addProducts(
  graph: GraphBuilder,
  { name, channels, gridHeight, gridWidth }: ActivationLayer,
  { places, cells, features, picks }: PickedPlaces,
): LevelTensors {
  const chosen = addChosenColumns(graph, features, addWithin(graph, places, cells), channels);
  const size = { rows: picks, depth: channels, columns: gridHeight * gridWidth };
  return {
    ...{ name, gridHeight, gridWidth },
    products: graph.output(addSteadyProduct(graph, { rows: chosen, matrix: features, size })),
    squares: graph.output(addEnergy(graph, features, channels)),
  };
}
