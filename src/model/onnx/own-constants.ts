import { toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, type NodeProto, type TensorProto, TensorProto_DataType } from 'onnx-buf';
import { decodeOnnx } from './onnx-file.ts';

/**
 * The same model, in which no two nodes read the same constant of signed bytes: each gets a copy of its own. What they compute does not change.
 *
 * @throws EigenfleetError `model` for bytes that are not an ONNX model
 */
export function withOwnConstants(bytes: Uint8Array): Uint8Array {
  const { proto, graph } = decodeOnnx(bytes, 'The model');
  const constants = new Map(
    graph.initializer
      .filter(({ dataType }) => dataType === TensorProto_DataType.INT8)
      .map((tensor) => [tensor.name, tensor] as const),
  );
  const readings = new Map<string, number>();
  const copies: TensorProto[] = [];
  const own = (name: string): string => {
    const constant = constants.get(name);
    const reading = readings.get(name) ?? 0;
    readings.set(name, reading + 1);
    if (constant === undefined || reading === 0) return name;
    const copy = { ...constant, name: `eigenfleet/own/${reading}/${name}` };
    copies.push(copy);
    return copy.name;
  };
  const node = graph.node.map((one): NodeProto => ({ ...one, input: one.input.map(own) }));
  const initializer = [...graph.initializer, ...copies];
  return toBinary(ModelProtoSchema, { ...proto, graph: { ...graph, node, initializer } });
}
