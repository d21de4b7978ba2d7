import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exactComponents } from '../../../src/model/eigen-cam/exact-components.ts';
import { principalComponents } from '../../../src/model/eigen-cam/principal-components.ts';
import { GraphBuilder } from '../../../src/model/onnx/graph-builder.ts';
import type { TensorView } from '../../../src/model/onnx/tensor-view.ts';
import { openActivationSession } from '../../../src/model/session/activation-session.ts';
import { augmentModel } from '../../../src/model/session/augmented-graph.ts';
import { createExplainSession } from '../../../src/model/session/explain-session.ts';
import { imageOutputs } from '../../../src/model/session/image-outputs.ts';
import { editModel } from '../../support/onnx-fixture.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const side = 8;
const cells = side * side;
const blocked = 'com.microsoft.nchwc';

/** Adds to a graph what makes a layer of the image, and says how the layer is read. */
type Maker = (graph: GraphBuilder, image: string) => { tensor: string; view?: TensorView };

/** The first component of the layer, each pixel of a fixed picture being a cell: of the graph, and the same from the activations. */
async function mapOf(channels: number, make: Maker): Promise<Float32Array> {
  const graph = new GraphBuilder(18, 'toy');
  const inputName = graph.input('images', 'float32', [1, 3, side, side]);
  const image = graph.op('Concat', Array(16).fill(inputName), { axis: 1 });
  const layer = { name: 'toy', channels, gridHeight: side, gridWidth: side, elemType: 'float32' };
  const made = make(graph, image);
  graph.output(graph.op('Flatten', [inputName], {}, 'toy/head'));
  const bytes = editModel(graph.encode('standalone'), ({ opsetImport }) => {
    opsetImport.push({ $typeName: 'onnx.OperatorSetIdProto', domain: blocked, version: 1n });
  });
  const facts = {
    ...{ inputName, inputHeight: side, inputWidth: side, batch: 1, opset: 18 },
    ...{ inputChannels: 3, takesBytes: false, quantizes: false },
    inputElemType: 'float32',
    headLayout: { kind: 'classify', output: 'toy/head', elemType: 'float32', classes: 3 },
  } as const;
  const plan = { layers: [{ ...layer, ...made } as never], components: 1, device: 'cpu' } as const;
  const augmented = augmentModel(bytes, facts, plan);
  const session = await createExplainSession({ augmented, device: 'cpu', threads: 1 });
  const random = seededRandom(7);
  const pixels = Uint8Array.from({ length: 3 * cells }, () => Math.floor(random() * 256));
  const mask = new Float32Array(cells).fill(1);
  const [outputs] = imageOutputs(await session.run({ pixels, masks: [mask] }), 0).layers;
  await session.release();
  const [shown] = augmented.layers;
  assert.ok(outputs && shown);
  const found = principalComponents({ ...outputs, ...shown, cells, mask, components: [1] });
  assert.equal(found.status, 'explained');
  const [first] = found.components;
  assert.equal(first?.status, 'found');
  const again = await openActivationSession({ ...plan, bytes, facts, threads: 1 });
  const activations = (await again.run(pixels, facts, [0])).get(0) ?? new Float32Array(0);
  await again.release();
  const exact = exactComponents({ activations, mask, components: [1] }).found;
  assert.equal(exact.status, 'explained');
  const [same] = exact.components;
  assert.equal(same?.status, 'found');
  alike(same.map, first.map);
  return first.map;
}

function alike(a: Float32Array, b: Float32Array): void {
  const sign = Math.sign((a[0] ?? 0) * (b[0] ?? 0));
  a.forEach((value, cell) => {
    assert.ok(Math.abs(value - sign * (b[cell] ?? 0)) < 1e-4, `cell ${cell}`);
  });
}

const plain = (): Promise<Float32Array> => mapOf(48, (_, image) => ({ tensor: image }));

test('reads a layer of 8-bit integers by their scale and zero point', async () => {
  const quantized = await mapOf(48, (graph, image) => {
    const scale = graph.scalar(1 / 255);
    const zeroPoint = graph.byteScalar(0);
    const tensor = graph.op('QuantizeLinear', [image, scale, zeroPoint]);
    return { tensor, view: { kind: 'dequantize', scale, zeroPoint } };
  });
  alike(quantized, await plain());
});

test('reads a layer whose channels ONNX Runtime blocked', async (context) => {
  if (process.arch !== 'x64') return context.skip('ONNX Runtime blocks channels on x64');
  const reordered = await mapOf(48, (graph, image) => ({
    tensor: graph.op('ReorderInput', [image], {}, '', blocked),
    view: { kind: 'unblock' },
  }));
  alike(reordered, await plain());
});

test('joins the parts of a layer that a simplifier merged into a later one', async () => {
  const joined = await mapOf(48, (graph, image) => {
    const part = (start: number, end: number) => graph.sliced(image, 1, { start, end, step: 1 });
    return { tensor: 'a + b', view: { kind: 'join', parts: [part(0, 20), part(20, 48)] } };
  });
  alike(joined, await plain());
});
