import type { Task } from '../../shared/run/task-traits.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { anchorsHead } from './anchors-head.ts';
import { classifyHead } from './classify-head.ts';
import { type Head, type HeadPlan, inFloat32, type TensorsOf } from './head.ts';
import { noHead } from './no-head.ts';
import { obbHead, obbRowsHead } from './obb-head.ts';
import { poseHead, poseRowsHead } from './pose-head.ts';
import { queriesHead } from './queries-head.ts';
import { rowsHead } from './rows-head.ts';
import { segmentHead, segmentRowsHead } from './segment-head.ts';

/** Every head by its kind. A new one is a module and a line here, and in the list of its task below. */
const heads = {
  classify: classifyHead,
  nms: rowsHead,
  detect: anchorsHead,
  queries: queriesHead,
  none: noHead,
  segment: segmentHead,
  'segment-rows': segmentRowsHead,
  pose: poseHead,
  'pose-rows': poseRowsHead,
  obb: obbHead,
  'obb-rows': obbRowsHead,
} as const;

type Heads = (typeof heads)[keyof typeof heads];
type LayoutOf<Known> = Known extends Head<infer Layout, infer _> ? Layout : never;
type AnswerOf<Known> = Known extends Head<infer _, infer Answer> ? Answer : never;

/** How a model's first output is laid out. */
export type HeadLayout = LayoutOf<Heads>;
/** What left the graph for the head. */
export type HeadAnswer = AnswerOf<Heads>;
/** The tensors that will. */
export type HeadTensors = TensorsOf<HeadAnswer>;

/** The heads that a task's model may have; the first that recognizes the outputs reads them. */
export const headsOfTask: Readonly<Record<Task, readonly Heads[]>> = {
  detect: [queriesHead, rowsHead, anchorsHead],
  classify: [classifyHead],
  segment: [segmentRowsHead, segmentHead],
  pose: [poseRowsHead, poseHead],
  obb: [obbRowsHead, obbHead],
  none: [noHead],
};

/** The head that made a layout or an answer, for use with only that one. */
export function headOf({
  kind,
}: {
  readonly kind: keyof typeof heads;
}): Head<HeadLayout, HeadAnswer> {
  return heads[kind];
}

/** Appends to the graph what the head needs, in float32 whatever the model computes in. */
export function addHead(graph: GraphBuilder, layout: HeadLayout, plan: HeadPlan): HeadTensors {
  const { output, elemType } = layout;
  const float32 = output === undefined ? '' : inFloat32(graph, { output, elemType });
  return headOf(layout).addTo(graph, layout, float32, plan);
}

/** The outputs of the graph that the head reads. */
export function headOutputs(layout: HeadLayout): string[] {
  const { output } = layout;
  return output === undefined ? [] : [output, ...(headOf(layout).moreOutputs?.(layout) ?? [])];
}
