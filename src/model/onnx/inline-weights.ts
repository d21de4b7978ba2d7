import { clearField, toBinary } from '@bufbuild/protobuf';
import {
  ModelProtoSchema,
  type TensorProto,
  TensorProto_DataLocation,
  TensorProtoSchema,
} from 'onnx-buf';
import { EigenfleetError } from '../../shared/errors.ts';
import { mostFileBytes } from '../../shared/host/regular-file.ts';
import { decodeOnnx } from './onnx-file.ts';

/**
 * Returns a model in one file: weights in files beside it are put where they belong, in the fields' usual order. What is in one file already stays as it is, to the byte. The
 * names of the other files leave no trace, so that equal weights make equal bytes: MLflow's names are random.
 *
 * @param read A file beside the model, by the name that the model gives it; `undefined` when there is none.
 * @throws EigenfleetError `model` for a model that cannot be read, or whose other files lack what it names.
 */
export async function inlineWeights(
  bytes: Uint8Array,
  name: string,
  read: (file: string) => Promise<Uint8Array | undefined>,
): Promise<Uint8Array> {
  const { proto, graph, externalFiles } = decodeOnnx(bytes, name);
  if (externalFiles.length === 0) return bytes;
  const files = new Map<string, Uint8Array>();
  let sizeBytes = bytes.length;
  for (const file of externalFiles) {
    const content = await read(file);
    if (content === undefined) throw missing(name, `${file} is not there`);
    sizeBytes += content.length;
    if (sizeBytes > mostFileBytes.model) {
      const most = `${mostFileBytes.model / 1024 ** 3} GiB`;
      throw new EigenfleetError(
        'model',
        `${name} and the weights beside it have more than the ${most} that an ONNX file can have.`,
      );
    }
    files.set(file, content);
  }
  const initializer = graph.initializer.map((tensor) => inlined(tensor, files, name));
  return toBinary(ModelProtoSchema, { ...proto, graph: { ...graph, initializer } });
}

/** Offset and length in bytes, as texts; the whole file where they are absent. */
function inlined(
  tensor: TensorProto,
  files: ReadonlyMap<string, Uint8Array>,
  name: string,
): TensorProto {
  if (tensor.dataLocation !== TensorProto_DataLocation.EXTERNAL) return tensor;
  const said = new Map(tensor.externalData.map(({ key, value }) => [key, value]));
  const content = files.get(said.get('location') ?? '') ?? new Uint8Array();
  const start = Number(said.get('offset') ?? 0);
  const end = said.has('length') ? start + Number(said.get('length')) : content.length;
  if (!(start >= 0 && start <= end && end <= content.length)) {
    throw missing(name, `${said.get('location')} is cut short`);
  }
  const copy = { ...tensor, rawData: content.slice(start, end), externalData: [] };
  // As if it had never been said: to name the usual place would be other bytes.
  clearField(copy, TensorProtoSchema.field.dataLocation);
  return copy;
}

function missing(name: string, what: string): EigenfleetError {
  return new EigenfleetError(
    'model',
    `${name} keeps weights in other files, and ${what}. Save it as one file: onnx.save(onnx.load("best.onnx"), "one-file.onnx").`,
  );
}
