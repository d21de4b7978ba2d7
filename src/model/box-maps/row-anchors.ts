import { addScores } from '../evidence/evidence-graph.ts';
import type { ScoreSource } from '../evidence/evidence-source.ts';
import { elementTypes } from '../onnx/element-types.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { addChosenRows, addRoom } from './chosen-rows.ts';
import { addSize, addWithin } from './places-within.ts';

export interface FinishedRows {
  /** [B, n, columns] of float32: score and class in columns 4 and 5. */
  readonly rows: string;
  readonly scores: ScoreSource;
  /** How many of the rows, the best first. */
  readonly picks: number;
}

/**
 * Appends what finds the anchors of the best rows again: suppression and ranking hand a score on as it is, so a row is of the anchor that has this very number in the row's class.
 * Two tensors [B, 1, picks] of int64. `anchors`: -1 where no anchor has it, the first one where several do; whether a box lies about its anchor can be seen on the host.
 */
export function addRowAnchors(
  graph: GraphBuilder,
  { rows, scores, picks }: FinishedRows,
): { readonly anchors: string; readonly rows: string } {
  const column = (of: string, at: number) =>
    graph.sliced(of, 2, { start: at, end: at + 1, step: 1 });
  // An answer may have fewer rows than are asked for.
  const places = graph.placesOfGreatest(
    addRoom(graph, graph.transposed(column(rows, 4)), picks),
    picks,
  );
  const best = addTaken(graph, rows, places);
  const all = graph.op('Cast', [addScores(graph, scores)], { to: elementTypes.float32 });
  const classIds = addWithin(graph, column(best, 5), graph.scalar(scores.classes));
  const ofClass = addChosenRows(graph, all, classIds);
  const apart = graph.op('Abs', [graph.op('Sub', [ofClass, column(best, 4)])]);
  const nearest = graph.op('ArgMin', [apart], { axis: 2, keepdims: 1 });
  const isNone = graph.op('Greater', [graph.reduced('ReduceMin', apart, 2, true), graph.scalar(0)]);
  const anchors = graph.op('Where', [isNone, graph.integers([-1]), nearest]);
  return { anchors: graph.transposed(anchors), rows: places };
}

/** [B, picks, columns]: the rows at these places; behind the last one, the last one. */
function addTaken(graph: GraphBuilder, rows: string, places: string): string {
  const floats = graph.op('Cast', [graph.transposed(places)], { to: elementTypes.float32 });
  return addChosenRows(graph, rows, addWithin(graph, floats, addSize(graph, rows, 1)));
}
