import { type NodeProto, TensorProto_DataType } from 'onnx-buf';

/** ONNX Runtime's operators on tensors with channels blocked by the width of the CPU's vectors. */
export const blockedDomain = 'com.microsoft.nchwc';

const convolutions = new Set([
  'Conv',
  'ConvInteger',
  'QLinearConv',
  'FusedConv',
  'NhwcConv',
  'NhwcFusedConv',
  'ConvTranspose',
]);

/** A convolution of any form: float, quantized, fused with its activation. */
export function isConvolution({ opType }: NodeProto): boolean {
  return convolutions.has(opType);
}

const passing = new Set([
  'Identity',
  'Dropout',
  'QuantizeLinear',
  'DequantizeLinear',
  'DynamicQuantizeLinear',
  'ReorderInput',
  'ReorderOutput',
]);

/**
 * The node hands on the data of its first input in another form: quantized or not, in another float type, with channels blocked or not. Tools put such
 * nodes between modules, merge equal ones, and name them after either side; so they belong to no module.
 */
export function isPassThrough(node: NodeProto): boolean {
  return passing.has(node.opType) || (node.opType === 'Cast' && castsToFloat(node));
}

const floatTypes: ReadonlySet<number> = new Set([
  TensorProto_DataType.FLOAT,
  TensorProto_DataType.FLOAT16,
  TensorProto_DataType.BFLOAT16,
]);

function castsToFloat(node: NodeProto): boolean {
  return floatTypes.has(integerAttribute(node, 'to') ?? TensorProto_DataType.FLOAT);
}

export function integerAttribute(node: NodeProto, name: string): number | undefined {
  const attribute = node.attribute.find((each) => each.name === name);
  return attribute === undefined ? undefined : Number(attribute.i);
}

export function integersAttribute(node: NodeProto, name: string): readonly number[] {
  return (node.attribute.find((each) => each.name === name)?.ints ?? []).map(Number);
}
