import { type GraphBuilder, toTheEnd } from '../onnx/graph-builder.ts';

/** GatherElements' and ScatterND's first operator set. */
const choosing = 11;

/**
 * Of each image the rows at its places: `values` [B, M, W], `places` [B, k, 1] of int64; [B, k, W]. Before operator set 11, rows of all images are numbered through, which takes more
 * nodes.
 */
export function addChosenRows(graph: GraphBuilder, values: string, places: string): string {
  const shape = graph.op('Shape', [values]);
  const width = graph.sliced(shape, 0, { start: 2, end: toTheEnd, step: 1 });
  if (graph.opset >= choosing) {
    const wide = graph.op('Concat', [graph.integers([1, 1]), width], { axis: 0 });
    const everywhere = graph.op('Expand', [places, wide]);
    return graph.op('GatherElements', [values, everywhere], { axis: 1 });
  }
  const rows = graph.sliced(shape, 0, { start: 1, end: 2, step: 1 });
  const before = graph.op('Mul', [addImageNumbers(graph, places), rows]);
  const flat = graph.op('Concat', [graph.integers([-1]), width], { axis: 0 });
  const all = graph.op('Reshape', [values, flat]);
  const numbers = graph.op('Squeeze', [graph.op('Add', [places, before])], { axes: [2] });
  return graph.op('Gather', [all, numbers], { axis: 0 });
}

/** Of each image the columns at its places, as rows: `values` [B, C, N], `places` [B, 1, k] of int64; [B, k, C]. */
export function addChosenColumns(
  graph: GraphBuilder,
  values: string,
  places: string,
  channels: number,
): string {
  if (graph.opset < choosing) {
    return addChosenRows(graph, graph.transposed(values), graph.transposed(places));
  }
  const columns = graph.op('Expand', [places, graph.integers([1, channels, 1])]);
  return graph.transposed(graph.op('GatherElements', [values, columns], { axis: 2 }));
}

/** [B, 1, 1], int64: 0, 1, 2 and so on. `places`: [B, k, 1]. */
function addImageNumbers(graph: GraphBuilder, places: string): string {
  const first = graph.sliced(places, 1, { start: 0, end: 1, step: 1 });
  const numbers = graph.op('NonZero', [graph.op('Equal', [first, first])]);
  const images = graph.sliced(numbers, 0, { start: 0, end: 1, step: 1 });
  return graph.op('Reshape', [images, graph.integers([-1, 1, 1])]);
}

/**
 * `scores` [B, classes, N] where they were kept, and 0 elsewhere. `kept` [n, 3] of int64, as NonMaxSuppression answers: image, class, place.
 */
export function addOnlyKept(graph: GraphBuilder, scores: string, kept: string): string {
  const zeros = graph.op('Sub', [scores, scores]);
  if (graph.opset >= choosing) {
    const survivors = graph.op('GatherND', [scores, kept]);
    return graph.op('ScatterND', [zeros, kept, survivors]);
  }
  const shape = graph.op('Shape', [scores]);
  const column = (at: number) => graph.sliced(kept, 1, { start: at, end: at + 1, step: 1 });
  const size = (axis: number) => graph.sliced(shape, 0, { start: axis, end: axis + 1, step: 1 });
  const row = graph.op('Add', [graph.op('Mul', [column(0), size(1)]), column(1)]);
  const number = graph.op('Add', [graph.op('Mul', [row, size(2)]), column(2)]);
  const flat = (tensor: string) => graph.op('Reshape', [tensor, graph.integers([-1])]);
  const places = flat(number);
  const survivors = graph.op('Gather', [flat(scores), places], { axis: 0 });
  const sparse = graph.op('Scatter', [flat(zeros), places, survivors], { axis: 0 });
  return graph.op('Reshape', [sparse, shape]);
}

/** Room for `count` more behind the last axis of three; zeros. */
export function addRoom(graph: GraphBuilder, tensor: string, count: number): string {
  const pads = [0, 0, 0, 0, 0, count];
  return graph.opset < choosing
    ? graph.op('Pad', [tensor], { pads })
    : graph.op('Pad', [tensor, graph.integers(pads)]);
}
