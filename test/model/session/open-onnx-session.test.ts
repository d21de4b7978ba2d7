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
  return editModel(graph.encode('standalone'), (model) => {
    const constants = [
      ['weights', [2n, 2n], weights],
      ['zero', [], [0]],
    ] as const;
    for (const [name, dims, values] of constants) {
      const rawData = Uint8Array.from(values, (value) => value & 255);
      const fields = { name, dims: [...dims], rawData, dataType: TensorProto_DataType.INT8 };
      model.graph?.initializer.push(create(TensorProtoSchema, fields));
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
