import type { GraphProto, NodeProto } from 'onnx-buf';
import { integerConstants } from '../onnx/integer-constants.ts';
import { dataInputs, type GraphFlow } from './graph-flow.ts';
import { integerAttribute, integersAttribute, isConvolution } from './operators.ts';

/** Their results have no grid of cells, or one that is not followed. */
const gridless = new Set([
  'Reshape',
  'Flatten',
  'Transpose',
  'Squeeze',
  'Unsqueeze',
  'Gather',
  'MatMul',
  'Gemm',
  'Einsum',
  'GlobalAveragePool',
  'GlobalMaxPool',
  'ReduceMean',
  'ReduceMax',
  'ReduceSum',
]);

/**
 * Input pixels per cell of every tensor that keeps its grid all the way from the image, from the strides of convolutions and poolings and the scales of
 * resizings alone, so that no shapes are needed. Absent for a tensor that was reshaped on its way. Relative: good for telling levels apart.
 */
export function gridStrides(graph: GraphProto, flow: GraphFlow, imageInput: string) {
  const scales = constantsOf(graph);
  const axes = integerConstants(graph);
  const strides = new Map<string, number>([[imageInput, 1]]);
  for (const node of flow.nodes) {
    if (gridless.has(node.opType) && !stacks(node, axes)) continue;
    const inputs = node.input.includes(imageInput) ? [imageInput] : dataInputs(flow, node);
    const known = inputs
      .map((input) => strides.get(input))
      .filter((stride) => stride !== undefined);
    if (known.length === 0) continue;
    const stride = Math.min(...known) * shrinkageOf(node, scales);
    for (const output of node.output) strides.set(output, stride);
  }
  return strides;
}

/** Adds an axis in front of the images, or sums over it: v9e adds up the levels of its two backbones as a stack. */
function stacks(node: NodeProto, constants: ReadonlyMap<string, readonly number[]>): boolean {
  if (!['Unsqueeze', 'ReduceSum', 'ReduceMean', 'ReduceMax'].includes(node.opType)) return false;
  const given = constants.get(node.input[1] ?? '') ?? integersAttribute(node, 'axes');
  return given.join() === '0';
}

function shrinkageOf(node: NodeProto, scales: ReadonlyMap<string, number>): number {
  const { opType } = node;
  if (opType === 'ConvTranspose') return 1 / (integersAttribute(node, 'strides')[0] ?? 1);
  if (isConvolution(node) || opType.endsWith('MaxPool') || opType.endsWith('AveragePool')) {
    return integersAttribute(node, 'strides')[0] ?? 1;
  }
  if (opType === 'SpaceToDepth') return integerAttribute(node, 'blocksize') ?? 1;
  if (opType === 'DepthToSpace') return 1 / (integerAttribute(node, 'blocksize') ?? 1);
  if (opType !== 'Resize' && opType !== 'Upsample') return 1;
  const scale = node.input.map((input) => scales.get(input)).find((each) => each !== undefined);
  // Sizes that are computed from shapes: YOLO's necks double.
  return 1 / (scale ?? integersAttribute(node, 'scales')[2] ?? 2);
}

/** The last of four floats, by tensor: the scale of a resizing. */
function constantsOf(graph: GraphProto): Map<string, number> {
  const made = graph.node
    .filter(({ opType }) => opType === 'Constant')
    .map((node) => [node.output[0] ?? '', node.attribute[0]?.t] as const);
  const kept = graph.initializer.map((tensor) => [tensor.name, tensor] as const);
  const scales = new Map<string, number>();
  for (const [name, tensor] of [...made, ...kept]) {
    if (tensor?.dims.length !== 1 || tensor.dims[0] !== 4n || tensor.dataType !== 1) continue;
    const { rawData, floatData } = tensor;
    const scale =
      rawData.length === 16
        ? new DataView(rawData.buffer, rawData.byteOffset).getFloat32(12, true)
        : floatData[3];
    if (scale !== undefined && scale > 0) scales.set(name, scale);
  }
  return scales;
}
