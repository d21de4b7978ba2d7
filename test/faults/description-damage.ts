import { create } from '@bufbuild/protobuf';
import {
  type ModelProto,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProto_DataLocation,
  TensorProto_DataType,
  TensorShapeProto_DimensionSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import { at, graphOf, type ModelDamage } from './graph-damage.ts';
import type { Seeded } from './seeded.ts';

const many = 2n ** 31n;
const inputShapes: readonly (readonly bigint[])[] = [
  [1n, 3n, many, many],
  [1n, 3n, 0n, 0n],
  [-1n, 3n, 320n, 320n],
  [1n, 3n, 1_000_000n, 1_000_000n],
  [2n ** 40n, 3n, 320n, 320n],
  [1n, 3n, 7n, 7n],
  [1n, 1n, 320n, 320n],
  [1n, 3n, 320n],
  [],
  [1n, 4n, 320n, 320n],
  [1n, 3n, 2n ** 62n, 2n],
];
const metadataTexts: readonly string[] = [
  ...['', '{', '{'.repeat(100_000), '['.repeat(200_000), `{0: 'a'${", 1: 'b'".repeat(100_000)}}`],
  ...['\u001b[2Jx', '[0, 0]', '[1e309]', "{-1: 'x'}", "{10000000000: 'x'}", "{999999999: 'x'}"],
  ...['x'.repeat(5_000_000), 'None', "'".repeat(1001), '[-320, 320]', '[99999999, 99999999]'],
];

/** Damage to what a model says of itself, its weights included. `canary`: a file that no model may lead to. */
export function descriptionDamages(canary: string): Readonly<Record<string, ModelDamage>> {
  return {
    'input-shape': (model, random) => setShape(firstInput(model), random.pick(inputShapes)),
    'output-shape': (model, random) => {
      const odd = dimensionsOf(at(graphOf(model).output, 0)).map(() =>
        random.pick([0n, -5n, 1n, 2n ** 40n, 7n]),
      );
      setShape(at(graphOf(model).output, 0), odd);
    },
    'weight-shape': (model, random) => {
      const shapes = [[2n ** 40n], [many, many], [-1n], [0n], Array<bigint>(50).fill(1n), [3n, 3n]];
      random.pick(graphOf(model).initializer).dims = random.pick(shapes);
    },
    'weight-type': (model, random) => {
      random.pick(graphOf(model).initializer).dataType = random.pick([0, 1, 2, 7, 8, 10, 11, 99]);
    },
    'weight-values': (model, random) => {
      const tensor = random.pick(largeWeights(model));
      const value = random.pick([Number.NaN, Number.POSITIVE_INFINITY, 3e38, -3e38, 0]);
      const values = new Float32Array(tensor.rawData.length / 4).fill(value);
      tensor.rawData = new Uint8Array(values.buffer);
    },
    'drop-weight': ({ graph }, random) =>
      void graph?.initializer.splice(random.int(graph.initializer.length), 1),
    opset: (model, random) => {
      at(model.opsetImport, 0).version = random.pick([0n, 1n, 6n, 9n, 99n, -1n, 2n ** 40n]);
      model.irVersion = random.pick([model.irVersion, 0n, 1n, 99n, 2n ** 50n]);
    },
    metadata: (model, random) => {
      const added = create(StringStringEntryProtoSchema, { key: 'names' });
      if (model.metadataProps.length === 0) model.metadataProps.push(added);
      random.pick(model.metadataProps).value = random.pick(metadataTexts);
    },
    'no-metadata': (model) => {
      model.metadataProps = [];
    },
    'no-input': (model) => {
      graphOf(model).input = [];
    },
    'many-inputs': (model, random) => {
      for (let left = random.pick([1, 3000]); left > 0; left -= 1) {
        graphOf(model).input.push(create(ValueInfoProtoSchema, { name: `in${left}` }));
      }
    },
    'no-output': (model) => {
      graphOf(model).output = [];
    },
    'output-name': (model, random) => {
      at(graphOf(model).output, 0).name = random.pick(['nope', '', 'images']);
    },
    external: (model, random) => pointOutside(random.pick(largeWeights(model)), canary, random),
  };
}

function largeWeights(model: ModelProto): TensorProto[] {
  return graphOf(model).initializer.filter(
    ({ dataType, rawData }) => dataType === TensorProto_DataType.FLOAT && rawData.length > 64,
  );
}

/** The weights of a tensor in another file, as far as a path may lead. */
function pointOutside(tensor: TensorProto, canary: string, random: Seeded): void {
  const size = tensor.rawData.length;
  const name = canary.split('/').at(-1) ?? '';
  const location = random.pick([
    ...[`../canary/${name}`, canary, `./../canary/${name}`, `a/../../canary/${name}`],
    ...[`link-${name}`, `folder-link/${name}`, 'missing.bin', '', '.', `..\\canary\\${name}`],
    ...['/dev/zero', `../canary/${name}\0x`],
  ]);
  const entries = {
    location,
    offset: random.pick(['0', '-1', '999999999999', 'x']),
    length: random.pick([`${size}`, '999999999999999', '-5', 'x']),
  };
  tensor.rawData = new Uint8Array();
  tensor.dataLocation = TensorProto_DataLocation.EXTERNAL;
  tensor.externalData = Object.entries(entries).map(([key, value]) =>
    create(StringStringEntryProtoSchema, { key, value }),
  );
}

function firstInput(model: ModelProto): ValueInfoProto {
  return at(graphOf(model).input, 0);
}

function dimensionsOf({ type }: ValueInfoProto): unknown[] {
  return type?.value.case === 'tensorType' ? (type.value.value.shape?.dim ?? []) : [];
}

function setShape({ type }: ValueInfoProto, sizes: readonly bigint[]): void {
  if (type?.value.case !== 'tensorType' || type.value.value.shape === undefined) {
    throw new Error('The tensor has no shape.');
  }
  type.value.value.shape.dim = sizes.map((size) =>
    create(TensorShapeProto_DimensionSchema, { value: { case: 'dimValue', value: size } }),
  );
}
