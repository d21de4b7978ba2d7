import type { NodeProto } from 'onnx-buf';
import { dataInputs, type GraphFlow } from './graph-flow.ts';
import { isConvolution, isPassThrough } from './operators.ts';

/** Operators that, as convolutions, are defined on [batch, channels, height, width] alone. */
export const ofMaps: ReadonlySet<string> = new Set([
  ...['DeformConv', 'MaxPool', 'AveragePool', 'LpPool', 'LRN'],
  ...['DepthToSpace', 'SpaceToDepth', 'GridSample', 'QLinearAveragePool'],
]);

/** Operators whose output lies on the axes of what they read. */
export const keepAxes: ReadonlySet<string> = new Set([
  ...['Relu', 'LeakyRelu', 'PRelu', 'Elu', 'Celu', 'Selu', 'Clip', 'Sigmoid', 'HardSigmoid'],
  ...['HardSwish', 'Swish', 'QuickGelu', 'Gelu', 'Erf', 'Mish', 'Softplus', 'Softsign', 'Tanh'],
  ...['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Sqrt', 'Exp', 'Log', 'Neg', 'Abs', 'Min', 'Max', 'Sum'],
  ...['BatchNormalization', 'InstanceNormalization', 'GroupNormalization'],
  ...['Concat', 'Split', 'Pad', 'Resize', 'Upsample'],
]);

/** Operators that, as convolutions, learn. */
const matrices = new Set([
  ...['DeformConv', 'Gemm', 'MatMul', 'FusedMatMul', 'QLinearMatMul', 'MatMulInteger', 'Einsum'],
]);

/** Operators that put an answer into its form; those behind them do it only with constants. */
const finishing = new Set([
  ...['Softmax', 'LogSoftmax', 'Sigmoid', 'Exp', 'ArgMax', 'TopK', 'Concat', 'Split', 'Slice'],
  ...['Gather', 'GatherND', 'GatherElements', 'ScatterND', 'ScatterElements', 'Where', 'Expand'],
  ...[
    'NonMaxSuppression',
    'Resize',
    'Upsample',
    'Reshape',
    'Flatten',
    'Squeeze',
    'Unsqueeze',
    'Transpose',
    'Cast',
  ],
]);
const scaling = new Set(['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Clip']);

/**
 * Tensors [batch, channels, height, width] with features of the image, in the order of the graph: what convolutions and pools read and make, and what is
 * made of that place by place. Not the answer itself, from the last convolution (or matrix) to the graph's output.
 */
export function spatialTensors(flow: GraphFlow): string[] {
  const maps = new Set<string>();
  for (const node of flow.nodes) {
    if (isPassThrough(node)) continue;
    const sources = dataInputs(flow, node);
    const isSpatial = isConvolution(node) || ofMaps.has(node.opType);
    if (isSpatial && sources[0] !== undefined) maps.add(sources[0]);
    const keeps = keepAxes.has(node.opType) && sources.some((source) => maps.has(source));
    if (isSpatial || keeps) for (const output of node.output) maps.add(output);
  }
  const answers = answerTensors(flow);
  return [...flow.activations].filter((tensor) => maps.has(tensor) && !answers.has(tensor));
}

/** Learned operators on the longest way from the image to each tensor. */
export function depthsOf(flow: GraphFlow): Map<string, number> {
  const depths = new Map<string, number>();
  for (const node of flow.nodes) {
    const before = dataInputs(flow, node).map((input) => depths.get(input) ?? 0);
    const depth = Math.max(0, ...before) + (learns(node) ? 1 : 0);
    for (const output of node.output) depths.set(output, depth);
  }
  return depths;
}

function learns(node: NodeProto): boolean {
  return isConvolution(node) || matrices.has(node.opType);
}

/** From the outputs back to the last learned operators. */
function answerTensors(flow: GraphFlow): Set<string> {
  const answers = new Set<string>();
  const pending = new Set(flow.outputs);
  // A set visits what is added to it while it is walked, each tensor once.
  for (const tensor of pending) {
    const maker = flow.makers.get(tensor);
    if (maker === undefined) continue;
    const sources = dataInputs(flow, maker);
    const { opType } = maker;
    const forms = finishing.has(opType) || (scaling.has(opType) && sources.length < 2);
    if (!learns(maker) && !forms) continue;
    answers.add(tensor);
    if (!learns(maker)) for (const source of sources) pending.add(source);
  }
  return answers;
}
