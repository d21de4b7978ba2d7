import { type GraphProto, type TensorProto, TensorProto_DataType } from 'onnx-buf';
import { int64Values } from './int64-values.ts';

/** More numbers are no list of axes, steps or channels. */
const mostNumbers = 8n;

/** The short lists of whole numbers among a graph's constants, by tensor: what nodes get as axes, indices, steps. */
export function integerConstants({
  initializer,
  node,
}: GraphProto): ReadonlyMap<string, readonly number[]> {
  const constants = new Map(initializer.map((tensor) => [tensor.name, numbersOf(tensor)]));
  for (const { opType, output, attribute } of node) {
    if (opType !== 'Constant') continue;
    constants.set(output[0] ?? '', numbersOf(attribute.find(({ name }) => name === 'value')?.t));
  }
  return constants;
}

function numbersOf(tensor: TensorProto | undefined): number[] {
  const isShort = tensor?.dims.every((size) => size <= mostNumbers);
  if (tensor?.dataType !== TensorProto_DataType.INT64 || !isShort) return [];
  return int64Values(tensor);
}
