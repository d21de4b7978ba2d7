import { type GraphProto, type TensorProto, TensorProto_DataType } from 'onnx-buf';

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
  const { rawData, int64Data } = tensor;
  // A copy, since a view must start at a multiple of its items' size.
  const raw = () => new BigInt64Array(Uint8Array.from(rawData).buffer);
  return [...(rawData.length > 0 ? raw() : int64Data)].map(Number);
}
