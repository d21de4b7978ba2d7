import type { GraphProto, NodeProto, TensorProto } from 'onnx-buf';
import { TensorProto_DataType } from 'onnx-buf';
import type { OnnxFile } from '../onnx/onnx-file.ts';
import type { HeadLayout } from './heads.ts';

/** Heads whose rows are finished. */
const finished: readonly HeadLayout['kind'][] = ['nms', 'segment-rows', 'pose-rows', 'obb-rows'];

/** What hands on numbers without changing them, besides what chooses some of them. */
const movers: ReadonlySet<string> = new Set([
  ...['Identity', 'Cast', 'Squeeze', 'Unsqueeze', 'Reshape', 'Flatten', 'Transpose', 'Slice'],
  ...['Split', 'Gather', 'GatherND', 'GatherElements', 'Expand'],
]);

/**
 * The score that a box of finished rows must be above, where the graph suppresses them itself: settled when the file was exported, and not in its metadata. The graph compares
 * the best score of each anchor with it (Ultralytics), or hands it to NonMaxSuppression. `null` where it suppresses by an unknown threshold; `undefined` where nothing is left out for
 * its score: of other heads, and where the best of all scores are chosen (end to end).
 */
export function frozenThreshold(
  { graph, metadata }: Pick<OnnxFile, 'graph' | 'metadata'>,
  { kind }: Pick<HeadLayout, 'kind'>,
): number | null | undefined {
  if (!finished.includes(kind) || metadata.get('end2end') === 'True') return undefined;
  const constants = scalarsOf(graph);
  const makers = new Map(graph.node.flatMap((node) => node.output.map((out) => [out, node])));
  const found = graph.node.flatMap((node) => thresholdOf(node, constants, makers) ?? []);
  if (found.length > 0) return Math.max(...found);
  const suppresses = graph.node.some(({ opType }) => opType === 'NonMaxSuppression');
  return suppresses || /'nms': True/.test(metadata.get('args') ?? '') ? null : undefined;
}

function thresholdOf(
  { opType, input }: NodeProto,
  constants: ReadonlyMap<string, number>,
  makers: ReadonlyMap<string, NodeProto>,
): number | undefined {
  if (opType === 'NonMaxSuppression') return constants.get(input[4] ?? '');
  if (opType !== 'Greater' && opType !== 'GreaterOrEqual') return undefined;
  const isOfScores = originOf(input[0] ?? '', makers)?.opType === 'ReduceMax';
  return isOfScores ? rounded(constants.get(input[1] ?? '')) : undefined;
}

/** 0.25 and 0.05, which float32 has as 0.05000000074505806. */
function rounded(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Number(value.toPrecision(7));
}

function originOf(tensor: string, makers: ReadonlyMap<string, NodeProto>): NodeProto | undefined {
  let maker = makers.get(tensor);
  for (let steps = 0; maker !== undefined && steps < makers.size; steps++) {
    if (!movers.has(maker.opType)) return maker;
    maker = makers.get(maker.input[0] ?? '');
  }
  return undefined;
}

/** Constants of one number, float32 or float16 in float32's place. */
function scalarsOf(graph: GraphProto): Map<string, number> {
  const made = graph.node
    .filter(({ opType }) => opType === 'Constant')
    .map((node) => [node.output[0] ?? '', node.attribute[0]?.t] as const);
  const kept = graph.initializer.map((tensor) => [tensor.name, tensor] as const);
  const scalars = new Map<string, number>();
  for (const [name, tensor] of [...made, ...kept]) {
    const value = tensor && scalarOf(tensor);
    if (value !== undefined && value >= 0 && value <= 1) scalars.set(name, value);
  }
  return scalars;
}

function scalarOf({ dims, dataType, rawData, floatData }: TensorProto): number | undefined {
  if (dims.some((size) => size !== 1n)) return undefined;
  if (dataType !== TensorProto_DataType.FLOAT) return undefined;
  if (rawData.length === 0) return floatData[0];
  if (rawData.length !== 4) return undefined;
  return new DataView(rawData.buffer, rawData.byteOffset).getFloat32(0, true);
}
