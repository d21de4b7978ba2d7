import { create } from '@bufbuild/protobuf';
import { TensorProto_DataType, TensorShapeProto_DimensionSchema, TypeProtoSchema } from 'onnx-buf';
import type { ElementType } from '../../src/model/onnx/element-types.ts';
import { GraphBuilder } from '../../src/model/onnx/graph-builder.ts';
import { editModel } from './onnx-fixture.ts';
import { seededRandom } from './seeded-random.ts';

export interface MadeModelOptions {
  readonly channels?: number;
  readonly opset?: number;
  /** Of input and output; the inside is float32. */
  readonly elemType?: ElementType;
  /** What the graph does to its input by itself. */
  readonly normalizing?: 'divide' | 'multiply' | 'subtract';
  /** Pixels, or symbols. */
  readonly height?: number | string;
  readonly width?: number | string;
  readonly batch?: number | string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Pixels a cell of the only layer. */
export const madeStride = 8;
const features = 6;
const classes = 3;

/** A detector of one level that runs: a convolution with random weights (`model.0`), Relu (`model.1`), and a head (`model.2`) of boxes and scores. */
export function madeModel(options: MadeModelOptions = {}): Uint8Array {
  const { channels = 3, opset = 17, elemType = 'float32', normalizing } = options;
  const { height = 64, width = 64, batch = 1, metadata = {} } = options;
  const graph = new GraphBuilder(opset, 'made');
  const input = graph.input('images', elemType, [batch, channels, height, width]);
  const floats = elemType === 'float32' ? input : graph.op('Cast', [input], { to: 1 });
  const pixels = normalized(graph, floats, normalizing);
  const random = seededRandom(7);
  const weights = (name: string, dims: readonly number[], scale: number) => {
    const size = dims.reduce((product, side) => product * side, 1);
    const values = Float32Array.from({ length: size }, () => scale * (random() - 0.5));
    return graph.floats(name, dims, values);
  };
  const kernel = weights('kernel', [features, channels, madeStride, madeStride], 0.5);
  const side = [madeStride, madeStride];
  const made = graph.op('Conv', [pixels, kernel], { kernel_shape: side, strides: side });
  const layer = graph.op('Relu', [made], {}, 'made/layer');
  const head = weights('head', [4 + classes, features, 1, 1], 2);
  const logits = graph.op('Conv', [layer, head], { kernel_shape: [1, 1] });
  const shares = graph.op('Sigmoid', [logits]);
  const rows = graph.op('Reshape', [shares, graph.integers([0, 4 + classes, -1])]);
  const sizes = Float32Array.from([32, 32, 24, 24, 1, 1, 1]);
  const scaled = graph.op(
    'Mul',
    [rows, graph.floats('sizes', [4 + classes, 1], sizes)],
    {},
    'scaled',
  );
  const isHalf = elemType === 'float16';
  const output = isHalf ? graph.op('Cast', [scaled], { to: 10 }, 'output0') : scaled;
  graph.output(output);
  return described(graph.encode('standalone'), { output, isHalf, batch, metadata });
}

function normalized(
  graph: GraphBuilder,
  floats: string,
  normalizing: MadeModelOptions['normalizing'],
): string {
  if (normalizing === 'divide') return graph.op('Div', [floats, graph.scalar(255)]);
  if (normalizing === 'multiply') return graph.op('Mul', [floats, graph.scalar(1 / 255)]);
  if (normalizing !== 'subtract') return floats;
  return graph.op('Div', [graph.op('Sub', [floats, graph.scalar(127.5)]), graph.scalar(127.5)]);
}

interface Description {
  readonly output: string;
  readonly isHalf: boolean;
  readonly batch: number | string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Module names, the output's type, and what Ultralytics writes into a file. */
function described(bytes: Uint8Array, { output, isHalf, batch, metadata }: Description) {
  return editModel(bytes, (model) => {
    let module = 0;
    for (const node of model.graph?.node ?? []) {
      if (node.opType === 'Relu') module = 1;
      node.name = `/model.${module}/${node.name}`;
      if (node.opType === 'Relu') module = 2;
    }
    const elemType = isHalf ? TensorProto_DataType.FLOAT16 : TensorProto_DataType.FLOAT;
    const dim = [batch, 4 + classes, 'anchors'].map((size) =>
      create(TensorShapeProto_DimensionSchema, {
        value:
          typeof size === 'number'
            ? { case: 'dimValue', value: BigInt(size) }
            : { case: 'dimParam', value: size },
      }),
    );
    const type = create(TypeProtoSchema, {
      value: { case: 'tensorType', value: { elemType, shape: { dim } } as never },
    });
    for (const info of model.graph?.output ?? []) if (info.name === output) info.type = type;
    const all = { task: 'detect', stride: '32', names: "{0: 'a', 1: 'b', 2: 'c'}", ...metadata };
    for (const [key, value] of Object.entries(all)) {
      model.metadataProps.push({ $typeName: 'onnx.StringStringEntryProto', key, value });
    }
  });
}
