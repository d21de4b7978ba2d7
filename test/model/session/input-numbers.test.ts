import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { NodeProtoSchema } from 'onnx-buf';
import { GraphBuilder } from '../../../src/model/onnx/graph-builder.ts';
import { InferenceSession, Tensor } from '../../../src/model/runtime/onnxruntime.ts';
import { augmentModel } from '../../../src/model/session/augmented-graph.ts';
import { createExplainSession } from '../../../src/model/session/explain-session.ts';
import { addNumbers } from '../../../src/model/session/input-numbers.ts';
import {
  assertPreprocessing,
  type Preprocessing,
  preprocessingWarning,
} from '../../../src/model/session/preprocessing.ts';
import { readYoloModel } from '../../../src/model/yolo/yolo-model.ts';
import { type MadeModelOptions, madeModel, madeStride } from '../../support/made-model.ts';
import { editModel } from '../../support/onnx-fixture.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const side = 64;
const random = seededRandom(3);
const colors = Uint8Array.from({ length: 3 * side * side }, () => 256 * random());

function node(opType: string, input: string[], output: string[]) {
  return create(NodeProtoSchema, { name: `/model.0/${opType}`, opType, input, output });
}

/** Boxes and scores of a model for planar pixels. */
async function answer(
  options: MadeModelOptions,
  preprocessing: Preprocessing = {},
  pixels: Uint8Array = colors,
): Promise<Float32Array> {
  const bytes = madeModel(options);
  const model = readYoloModel(bytes, { name: 'made.onnx' });
  const grid = side / madeStride;
  const size = { channels: 6, gridHeight: grid, gridWidth: grid, elemType: 'float32' } as const;
  const layers = [{ name: 'model.1', tensor: 'made/layer', ...size }];
  const plan = { layers, components: 2, device: 'cpu', preprocessing } as const;
  const augmented = augmentModel(bytes, model, plan);
  const session = await createExplainSession({ augmented, device: 'cpu', threads: 1 });
  const masks = [new Float32Array(grid * grid).fill(1)];
  const { head, layers: maps } = await session.run({ pixels, masks });
  await session.release();
  assert.ok(head.kind === 'detect');
  assert.ok((maps[0]?.trace[0] ?? 0) > 0, 'the layer has maps');
  return Float32Array.of(...head.arrays.boxes, ...head.arrays.scores);
}

function apart(a: Float32Array, b: Float32Array): number {
  assert.equal(a.length, b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

describe('the numbers of the input', () => {
  it('are bytes / 255, or bytes for a graph that divides them itself', async () => {
    const plain = await answer({});
    for (const normalizing of ['divide', 'multiply'] as const) {
      assert.ok(apart(plain, await answer({ normalizing })) < 1e-4, normalizing);
      assert.ok(apart(plain, await answer({ normalizing, elemType: 'uint8' })) < 1e-4);
    }
    assert.ok(apart(plain, await answer({ normalizing: 'divide' }, { scale: 1 / 255 })) > 0.01);
  });

  it('have a mean subtracted and are divided by a deviation', async () => {
    const inside = await answer({ normalizing: 'subtract' });
    const outside = await answer({}, { mean: [0.5, 0.5, 0.5], std: [0.5] });
    assert.ok(apart(inside, outside) < 1e-4);
    const bytewise = await answer({}, { scale: 1, mean: [127.5], std: [127.5, 127.5, 127.5] });
    assert.ok(apart(inside, bytewise) < 1e-4);
  });

  it('are blue first when that is said', async () => {
    const plane = side * side;
    const turned = Uint8Array.of(
      ...colors.subarray(2 * plane),
      ...colors.subarray(plane, 2 * plane),
      ...colors.subarray(0, plane),
    );
    const expected = await answer({}, {}, turned);
    assert.deepEqual(await answer({}, { channelOrder: 'bgr' }), expected);
    assert.deepEqual(await answer({}, { channelOrder: 'rgb' }, turned), expected);
  });

  it('go into float16 inputs and come out of float16 outputs', async () => {
    assert.ok(apart(await answer({}), await answer({ elemType: 'float16' })) < 0.05);
  });

  it('are the quotients that Ultralytics feeds, to the last bit, where the graph quantizes', async () => {
    const plain = madeModel();
    const quantizing = editModel(plain, ({ graph }) => {
      const conv = graph?.node.find(({ opType }) => opType === 'Conv');
      const [image = ''] = conv?.input ?? [];
      const outputs = ['q', 'scale', 'zero'];
      graph?.node.push(node('DynamicQuantizeLinear', [image], outputs));
      graph?.node.push(node('DequantizeLinear', outputs, ['rounded']));
      if (conv) conv.input[0] = 'rounded';
    });
    const { quantizes, inputName } = readYoloModel(quantizing, { name: 'quantizing.onnx' });
    assert.deepEqual([readYoloModel(plain, { name: 'a' }).quantizes, quantizes], [false, true]);
    const graph = new GraphBuilder(17, 'test');
    const pixels = graph.input('pixels', 'uint8', [256]);
    const numbers = { inputName, inputElemType: 'float32', scale: 1 / 255, device: 'cpu' } as const;
    addNumbers(graph, pixels, { ...numbers, exact: quantizes });
    graph.output(inputName);
    const session = await InferenceSession.create(graph.encode('standalone'));
    const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);
    const made = await session.run({ [pixels]: new Tensor('uint8', bytes, [256]) });
    await session.release();
    assert.deepEqual(
      made[inputName]?.data,
      Float32Array.from(bytes, (byte) => byte / 255),
    );
  });

  it('are the same in operator sets 9, 10 and 11', async () => {
    const plain = await answer({});
    for (const opset of [9, 10, 11]) {
      assert.ok(apart(plain, await answer({ opset })) < 1e-4, `${opset}`);
    }
    await assert.rejects(answer({ opset: 8 }), { code: 'model', message: /operator set 8, and 9/ });
  });

  it('of models with one or five channels have as many planes', async () => {
    const plane = side * side;
    const one = await answer({ channels: 1 }, {}, colors.subarray(0, plane));
    const five = Uint8Array.from({ length: 5 * plane }, (_, i) => colors[i % (3 * plane)]!);
    assert.ok(apart(one, await answer({ channels: 5 }, {}, five)) > 0.01);
  });
});

it('a preprocessing that a model cannot have is refused', () => {
  const check = (made: MadeModelOptions, options: Preprocessing) => {
    const model = readYoloModel(madeModel(made), { name: 'made.onnx' });
    assertPreprocessing(options, { model } as never);
  };
  check({}, { mean: [0.1, 0.2, 0.3], std: [1], channelOrder: 'bgr' });
  check({ channels: 4 }, { mean: [1, 2, 3, 4] });
  const refused = (made: MadeModelOptions, options: Preprocessing, message: RegExp) =>
    assert.throws(() => check(made, options), { code: 'usage', message });
  refused({ channels: 4 }, { mean: [1, 2, 3] }, /--mean has 3 numbers, .* takes 4 channels/);
  refused({ channels: 1 }, { channelOrder: 'bgr' }, /--channel-order is for color images/);
  refused({ elemType: 'uint8' }, { scale: 1, std: [2] }, /drop --scale and --std/);
});

it('which numbers a model takes is asked where neither the file nor an option says it', () => {
  const warned = (made: MadeModelOptions, present: boolean, options: Preprocessing) => {
    const overrides = { task: 'none' } as const;
    const model = readYoloModel(madeModel(made), { name: 'made.onnx', overrides });
    const metadata = { ...model.metadata, present };
    return preprocessingWarning({ model: { ...model, metadata } } as never, options) !== undefined;
  };
  assert.equal(warned({}, false, {}), true);
  assert.equal(warned({}, true, {}), false);
  assert.equal(warned({}, false, { mean: [0] }), false);
  assert.equal(warned({ elemType: 'uint8' }, false, {}), false);
  assert.equal(warned({ normalizing: 'divide' }, false, {}), false);
});
