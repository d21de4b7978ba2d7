import { create } from '@bufbuild/protobuf';
import { AttributeProto_AttributeType, NodeProtoSchema, TensorProtoSchema } from 'onnx-buf';
import { editModel } from './onnx-fixture.ts';

/** The model with the float32 weights whose names match all set to one value. */
export function withWeights(bytes: Uint8Array, names: RegExp, value: number): Uint8Array {
  return editModel(bytes, ({ graph }) => {
    const chosen = graph!.initializer.filter((one) => one.dataType === 1 && names.test(one.name));
    if (chosen.length === 0) throw new Error(`No weights are like ${names}.`);
    for (const tensor of chosen) {
      const count = tensor.dims.reduce((product, size) => product * Number(size), 1);
      tensor.rawData = new Uint8Array(new Float32Array(count).fill(value).buffer);
    }
  });
}

/** A detector that gives NaN boxes, with the scores they had, for images whose mean (padding included) is below 0.6, and none for others. */
export function withNaNBoxesInTheDark(bytes: Uint8Array): Uint8Array {
  return withBoxesInTheDark(bytes, Number.NaN, 0);
}

/** The same with boxes of a width and a height of `value`. */
export function withSizesInTheDark(bytes: Uint8Array, value: number): Uint8Array {
  return withBoxesInTheDark(bytes, value, 2);
}

/** @param first of cx, cy, w and h, the first one that is replaced */
function withBoxesInTheDark(bytes: Uint8Array, value: number, first: number): Uint8Array {
  return editModel(bytes, ({ graph }) => {
    const { name: output, type } = graph!.output[0]!;
    const shape = type?.value.case === 'tensorType' ? type.value.value.shape?.dim : undefined;
    const rows = Number(shape?.[1]?.value.value);
    for (const node of graph!.node) {
      node.output = node.output.map((one) => (one === output ? 'raw' : one));
    }
    const mask = Uint8Array.from({ length: rows }, (_, row) => (row >= first && row < 4 ? 1 : 0));
    graph!.initializer.push(
      constant('threshold', 1, [], new Uint8Array(Float32Array.of(0.6).buffer)),
      constant('nothing', 1, [], new Uint8Array(Float32Array.of(value).buffer)),
      constant('box_rows', 9, [1, rows, 1], mask),
    );
    graph!.node.push(
      node('ReduceMean', [graph!.input[0]!.name], 'mean', true),
      node('Less', ['mean', 'threshold'], 'dark'),
      node('And', ['dark', 'box_rows'], 'spoilt'),
      node('Where', ['spoilt', 'nothing', 'raw'], output),
    );
  });
}

function constant(
  name: string,
  dataType: number,
  dims: readonly number[],
  rawData: Uint8Array<ArrayBuffer>,
) {
  return create(TensorProtoSchema, { name, dataType, dims: dims.map(BigInt), rawData });
}

function node(opType: string, input: readonly string[], output: string, isScalar = false) {
  const attribute = isScalar
    ? [{ name: 'keepdims', type: AttributeProto_AttributeType.INT, i: 0n }]
    : [];
  const name = `/model.22/${opType}_spoilt`;
  return create(NodeProtoSchema, { name, opType, input: [...input], output: [output], attribute });
}
