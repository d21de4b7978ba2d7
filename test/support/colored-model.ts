import { create } from '@bufbuild/protobuf';
import { TensorProto_DataType, TensorShapeProto_DimensionSchema, TypeProtoSchema } from 'onnx-buf';
import { GraphBuilder } from '../../src/model/onnx/graph-builder.ts';
import { editModel } from './onnx-fixture.ts';

/** Pixels of its input, and of a cell of its layers. */
export const coloredSide = 64;
const stride = 8;
const shape = [1, 5, 2 * (coloredSide / stride) ** 2];

/**
 * A detector whose layers see known colors: `model.0` the mean color of 8 x 8 pixels, `model.1` its red, `model.2` its blue. The head (`model.3`) reads the last
 * two and finds nothing.
 */
export function coloredModel(): Uint8Array {
  const graph = new GraphBuilder(17, 'colored');
  const image = graph.input('images', 'float32', [1, 3, coloredSide, coloredSide]);
  const even = graph.floats('even', [3, 3, stride, stride], meanOfChannels());
  const sides = [stride, stride];
  const colors = graph.op('Conv', [image, even], { kernel_shape: sides, strides: sides }, 'colors');
  const red = graph.op('Conv', [colors, graph.floats('r', [2, 3, 1, 1], of(0))], {}, 'red');
  const blue = graph.op('Conv', [colors, graph.floats('b', [2, 3, 1, 1], of(2))], {}, 'blue');
  const nothing = graph.floats('nothing', [5, 2, 1, 1], new Float32Array(10));
  const rows = [red, blue].map((layer) =>
    graph.op('Reshape', [graph.op('Conv', [layer, nothing]), graph.integers([0, 5, -1])]),
  );
  const output = graph.op('Concat', rows, { axis: 2 }, 'output0');
  graph.output(output);
  return named(graph.encode('standalone'));
}

/** Channel to channel, 1 / 64 for each of its pixels. */
function meanOfChannels(): Float32Array {
  const cells = stride * stride;
  return Float32Array.from({ length: 9 * cells }, (_, i) => {
    const [to, from] = [Math.floor(i / (3 * cells)), Math.floor(i / cells) % 3];
    return to === from ? 1 / cells : 0;
  });
}

/** Two channels of one color. */
function of(color: number): Float32Array {
  return Float32Array.from({ length: 6 }, (_, i) => (i % 3 === color ? 1 + Math.floor(i / 3) : 0));
}

const moduleOf: Readonly<Record<string, number>> = { colors: 0, red: 1, blue: 2 };

/** Names of modules, the output's shape, and what Ultralytics writes into a file. */
function named(bytes: Uint8Array): Uint8Array {
  return editModel(bytes, (model) => {
    for (const node of model.graph?.node ?? []) {
      node.name = `/model.${moduleOf[node.output[0] ?? ''] ?? 3}/${node.name}`;
    }
    const dim = shape.map((size) =>
      create(TensorShapeProto_DimensionSchema, {
        value: { case: 'dimValue', value: BigInt(size) },
      }),
    );
    const elemType = TensorProto_DataType.FLOAT;
    const type = create(TypeProtoSchema, {
      value: { case: 'tensorType', value: { elemType, shape: { dim } } as never },
    });
    for (const info of model.graph?.output ?? []) info.type = type;
    for (const [key, value] of [
      ['task', 'detect'],
      ['stride', '8'],
      ['names', "{0: 'red'}"],
    ] as const) {
      model.metadataProps.push({ $typeName: 'onnx.StringStringEntryProto', key, value });
    }
  });
}
