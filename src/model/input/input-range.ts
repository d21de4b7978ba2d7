import { type GraphProto, type NodeProto, type TensorProto, TensorProto_DataType } from 'onnx-buf';
import { fromFloat16 } from '../../shared/results/float16.ts';

/** Operators between an input and its arithmetic that leave the values. */
const movers: readonly string[] = [
  ...['Cast', 'Identity', 'Transpose', 'Slice', 'Split', 'Gather', 'Concat', 'Reshape'],
  ...['Squeeze', 'Unsqueeze', 'Pad', 'Resize'],
];

/** Numbers of pixels in [0, 1] are not divided by more than this; deviations and means of such pixels are below 1. */
const mostOfUnit = 2;

/**
 * Whether a graph takes pixels from 0 to 255 and normalizes them itself: the first arithmetic behind the input divides by a number like 255 or
 * 127.5, multiplies by a small one, or subtracts means that pixels in [0, 1] cannot have. Weights that contain the factor do not show it.
 */
export function takesBytes(graph: GraphProto, inputName: string): boolean {
  const readers = new Map<string, NodeProto[]>();
  for (const node of graph.node) {
    for (const name of new Set(node.input)) {
      const known = readers.get(name);
      if (known === undefined) readers.set(name, [node]);
      else known.push(node);
    }
  }
  const constants = constantsOf(graph);
  const images = new Set([inputName]);
  // A set visits what is added to it while it is walked.
  for (const image of images) {
    for (const node of readers.get(image) ?? []) {
      if (movers.includes(node.opType)) for (const output of node.output) images.add(output);
      else if (normalizes(node, image, constants)) return true;
    }
  }
  return false;
}

type Constants = ReadonlyMap<string, TensorProto>;

function normalizes(node: NodeProto, image: string, constants: Constants): boolean {
  const { opType, input } = node;
  const [first, second] = input;
  if (opType === 'BatchNormalization')
    return first === image && largest(constants, input[3]) > mostOfUnit;
  const other = largest(constants, first === image ? second : first);
  if (opType === 'Div') return first === image && other > mostOfUnit;
  if (opType === 'Mul') return other < 1 / 16;
  return (opType === 'Sub' || opType === 'Add') && other > mostOfUnit;
}

/** The greatest magnitude in a small constant; NaN where there is none. */
function largest(constants: Constants, name = ''): number {
  const tensor = constants.get(name);
  if (tensor === undefined) return Number.NaN;
  return valuesOf(tensor).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function constantsOf(graph: GraphProto): Constants {
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  for (const { opType, output, attribute } of graph.node) {
    const value = attribute.find(({ name }) => name === 'value')?.t;
    if (opType === 'Constant' && value && output[0] !== undefined) constants.set(output[0], value);
  }
  return constants;
}

/** Pixels have few channels: more numbers are not their means. */
const mostBytes = 8 * 4096;

function valuesOf({ dataType, rawData, floatData, doubleData, int32Data }: TensorProto): number[] {
  if (rawData.length > mostBytes) return [];
  // A copy, since a view must start at a multiple of its items' size.
  const { buffer } = Uint8Array.from(rawData);
  if (dataType === TensorProto_DataType.FLOAT) {
    return rawData.length > 0 ? [...new Float32Array(buffer)] : [...floatData];
  }
  if (dataType === TensorProto_DataType.DOUBLE) {
    return rawData.length > 0 ? [...new Float64Array(buffer)] : [...doubleData];
  }
  if (dataType === TensorProto_DataType.FLOAT16) {
    const halves = rawData.length > 0 ? new Uint16Array(buffer) : Uint16Array.from(int32Data);
    return [...fromFloat16(halves)];
  }
  return [];
}
