import { elementTypes } from '../onnx/element-types.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';

/** Places as int64, those outside at the nearest end of [0, size). `places` and `size` (one number) are float32. */
export function addWithin(graph: GraphBuilder, places: string, size: string): string {
  const last = graph.op('Sub', [size, graph.scalar(1)]);
  const within = graph.op('Min', [graph.op('Max', [places, graph.scalar(0)]), last]);
  return graph.op('Cast', [within], { to: elementTypes.int64 });
}

/** [1], float32: how long an axis is in this batch. */
export function addSize(graph: GraphBuilder, tensor: string, axis: number): string {
  const shape = graph.op('Shape', [tensor]);
  const size = graph.sliced(shape, 0, { start: axis, end: axis + 1, step: 1 });
  return graph.op('Cast', [size], { to: elementTypes.float32 });
}
