import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { TensorProto_DataType, TensorProtoSchema } from 'onnx-buf';
import { GraphBuilder } from '../../../src/model/onnx/graph-builder.ts';
import { decodeOnnx } from '../../../src/model/onnx/onnx-file.ts';
import { withOwnConstants } from '../../../src/model/onnx/own-constants.ts';
import { Tensor } from '../../../src/model/runtime/onnxruntime.ts';
import { openOnnxSession } from '../../../src/model/session/open-onnx-session.ts';
import { editModel } from '../../support/onnx-fixture.ts';

/** [2, 2] */
const weights = [127, -127, 100, 120];

/** y = x * weights, z = x * weights, in integers. The constants are shared, as quantizers write them. */
function shared(): Uint8Array {
  const graph = new GraphBuilder(17, 'shared');
  const input = graph.input('x', 'uint8', [2, 2]);
  const zero = graph.byteScalar(0);
  for (const output of ['y', 'z']) {
    graph.output(graph.op('MatMulInteger', [input, 'weights', zero, 'zero'], {}, output));
  }
  return withSignedBytes(graph, { weights: [2, 2], zero: [] });
}

/** With the constants that the graph names, of these shapes: the weights, or a zero. */
function withSignedBytes(graph: GraphBuilder, shapes: Readonly<Record<string, number[]>>) {
  return editModel(graph.encode('standalone'), (model) => {
    for (const [name, shape] of Object.entries(shapes)) {
      const values = shape.length === 0 ? [0] : weights;
      const rawData = Uint8Array.from(values, (value) => value & 255);
      const fields = { name, dims: shape.map(BigInt), rawData };
      const constant = { ...fields, dataType: TensorProto_DataType.INT8 };
      model.graph?.initializer.push(create(TensorProtoSchema, constant));
    }
  });
}

describe('a quantized model whose nodes share a constant', () => {
  it('is opened, and its products do not overflow', async () => {
    const session = await openOnnxSession({ bytes: shared(), device: 'cpu', threads: 1 });
    const pixels = new Tensor('uint8', Uint8Array.of(255, 255, 255, 254), [2, 2]);
    const answer = await session.run({ [session.inputNames[0] ?? '']: pixels });
    await session.release();
    const products = [255 * 227, -7 * 255, 255 * 127 + 254 * 100, 255 * -127 + 254 * 120];
    assert.deepEqual(Array.from((answer.y?.data ?? []) as Int32Array), products);
    assert.deepEqual(answer.z?.data, answer.y?.data);
  });

  it('has a constant of its own for each of them, and nothing else differs', () => {
    const before = decodeOnnx(shared(), 'before').graph;
    const after = decodeOnnx(withOwnConstants(shared()), 'after').graph;
    const names = after.node.map(({ input }) => input.filter((_, at) => at % 2 === 1));
    assert.deepEqual(names, [
      ['weights', 'zero'],
      ['eigenfleet/own/1/weights', 'eigenfleet/own/1/zero'],
    ]);
    const values = ({ initializer }: typeof after, name: string) =>
      initializer.find((one) => one.name === name)?.rawData;
    for (const name of ['weights', 'zero']) {
      assert.deepEqual(values(after, `eigenfleet/own/1/${name}`), values(before, name));
    }
    assert.equal(after.initializer.length, before.initializer.length + 2);
  });
});

it('a quantized convolution of signed activations is opened, and right', async () => {
  const graph = new GraphBuilder(17, 'signed');
  const input = graph.input('x', 'float32', [1, 2, 2, 2]);
  const [one, ten] = [graph.scalar(1), graph.scalar(10)];
  const bytes = graph.op('QuantizeLinear', [input, one, 'zero']);
  const parts = [bytes, one, 'zero', 'weights', one, 'zero', ten, 'zero'];
  graph.op('DequantizeLinear', [graph.op('QLinearConv', parts), ten, 'zero'], {}, 'y');
  graph.output('y');
  const made = withSignedBytes(graph, { weights: [2, 2, 1, 1], zero: [] });
  const session = await openOnnxSession({ bytes: made, device: 'cpu', threads: 1 });
  const numbers = new Tensor('float32', Float32Array.of(1, 1, 1, 1, 2, 2, 2, 2), [1, 2, 2, 2]);
  const { y } = await session.run({ [input]: numbers });
  await session.release();
  // 127 - 254, and 100 + 240, in steps of ten.
  assert.deepEqual(y?.data, Float32Array.of(-130, -130, -130, -130, 340, 340, 340, 340));
});
