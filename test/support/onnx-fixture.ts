import { readFileSync } from 'node:fs';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { type ModelProto, ModelProtoSchema, TensorProto_DataType } from 'onnx-buf';

/** Tests run compiled, from `dist/test/<room>/`; fixtures stay where the sources are. */
const folder = new URL('../../../test/fixtures/models/', import.meta.url);

/** Bytes of a file in `test/fixtures/models`. */
export function modelFixture(name: string): Uint8Array {
  return readFileSync(new URL(name, folder));
}

/** The same model with something changed. */
export function editModel(bytes: Uint8Array, change: (model: ModelProto) => void): Uint8Array {
  const model = fromBinary(ModelProtoSchema, bytes);
  change(model);
  return toBinary(ModelProtoSchema, model);
}

/** A metadata entry set, or removed when `value` is undefined. */
export function withMetadata(
  bytes: Uint8Array,
  entries: Readonly<Record<string, string | undefined>>,
): Uint8Array {
  return editModel(bytes, (model) => {
    model.metadataProps = model.metadataProps.filter(({ key }) => !(key in entries));
    for (const [key, value] of Object.entries(entries)) {
      if (value === undefined) continue;
      model.metadataProps.push({ $typeName: 'onnx.StringStringEntryProto', key, value });
    }
  });
}

export function withoutMetadata(bytes: Uint8Array): Uint8Array {
  return editModel(bytes, (model) => {
    model.metadataProps = [];
  });
}

/** `number` is a size, `string` a symbol. */
type Shape = readonly (number | string)[];

interface GraphSketch {
  /** Name, operator, inputs, outputs. */
  readonly nodes: readonly (readonly [string, string, string, string])[];
  readonly inputShape?: Shape;
  readonly inputType?: TensorProto_DataType;
  readonly outputs: Readonly<Record<string, Shape>>;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A graph that can be read, not run: for questions of structure. Inputs and outputs of a node are separated by spaces. */
export function sketchModel(sketch: GraphSketch): Uint8Array {
  const elemType = TensorProto_DataType.FLOAT;
  const { inputShape = [1, 3, 64, 64], inputType = elemType, metadata = {} } = sketch;
  const names = (text: string) => text.split(' ').filter((name) => name !== '');
  const model = create(ModelProtoSchema, {
    irVersion: 8n,
    opsetImport: [{ domain: '', version: 17n }],
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph: {
      node: sketch.nodes.map(([name, opType, input, output]) => ({
        name,
        opType,
        input: names(input),
        output: names(output),
      })),
      input: [tensor('images', inputShape, inputType)],
      output: Object.entries(sketch.outputs).map(([name, shape]) => tensor(name, shape, elemType)),
    },
  });
  return toBinary(ModelProtoSchema, model);
}

function tensor(name: string, shape: Shape, elemType: TensorProto_DataType) {
  const dim = shape.map((size) =>
    typeof size === 'number'
      ? { value: { case: 'dimValue' as const, value: BigInt(size) } }
      : { value: { case: 'dimParam' as const, value: size } },
  );
  return {
    name,
    type: { value: { case: 'tensorType' as const, value: { elemType, shape: { dim } } } },
  };
}
