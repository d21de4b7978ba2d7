import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, StringStringEntryProtoSchema, TensorProto_DataLocation } from 'onnx-buf';

/** A model as Python's `onnx.save_model(..., save_as_external_data=True)` writes it: tensors of 1,024 bytes and more lie in another file. */
export function splitModel(
  whole: Uint8Array,
  location: string,
): { readonly model: Uint8Array; readonly weights: Uint8Array } {
  const proto = fromBinary(ModelProtoSchema, whole);
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const tensor of proto.graph?.initializer ?? []) {
    const { rawData } = tensor;
    if (rawData.length < 1024) continue;
    const entry = (key: string, value: string) =>
      create(StringStringEntryProtoSchema, { key, value });
    tensor.externalData = [
      entry('location', location),
      entry('offset', String(offset)),
      entry('length', String(rawData.length)),
    ];
    tensor.dataLocation = TensorProto_DataLocation.EXTERNAL;
    tensor.rawData = new Uint8Array();
    parts.push(rawData);
    offset += rawData.length;
  }
  // A field of no bytes is written; Python leaves it out.
  return { model: toBinary(ModelProtoSchema, proto), weights: Buffer.concat(parts) };
}
