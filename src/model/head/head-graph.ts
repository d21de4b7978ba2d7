import { elementTypes, type GraphBuilder } from '../onnx/graph-builder.ts';
import type { HeadLayout } from './head-layout.ts';

/** Names of the tensors that leave the device. */
export type HeadTensors =
  /** `boxes` [B, 4, anchors]: cx, cy, w, h in input pixels; `scores` [B, anchors]: of the best class; `classIds` [B, anchors] int32, absent where the model knows one class. */
  | {
      readonly kind: 'detect';
      readonly boxes: string;
      readonly scores: string;
      readonly classIds?: string;
    }
  /** `rows` [B, n, columns]: x1, y1, x2, y2 in input pixels, score, class, and what the task adds. */
  | { readonly kind: 'nms'; readonly rows: string; readonly columns: number }
  /** [B, classes] */
  | { readonly kind: 'classify'; readonly probabilities: string };

/** Appends what reduces the head's output to what decoding needs: for a detector the best class of each anchor. */
export function addHead(graph: GraphBuilder, head: HeadLayout): HeadTensors {
  const output =
    head.elemType === 'float32'
      ? head.output
      : graph.op('Cast', [head.output], { to: elementTypes.float32 });
  if (head.kind === 'nms') {
    return { kind: 'nms', rows: graph.output(output), columns: head.columns };
  }
  if (head.kind === 'classify') return { kind: 'classify', probabilities: graph.output(output) };
  const boxes = graph.output(graph.sliced(output, 1, { start: 0, end: 4, step: 1 }));
  const scores = graph.sliced(output, 1, { start: 4, end: 4 + head.classes, step: 1 });
  if (head.classes === 1) return { kind: 'detect', boxes, scores: graph.output(scores) };
  const best = graph.op('ArgMax', [scores], { axis: 1, keepdims: 0 });
  return {
    kind: 'detect',
    boxes,
    scores: graph.output(graph.reduced('ReduceMax', scores, 1, false)),
    classIds: graph.output(graph.op('Cast', [best], { to: elementTypes.int32 })),
  };
}
