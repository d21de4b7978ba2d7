import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ActivationLayer } from '../../../src/model/eigen-cam/eigen-cam-graph.ts';
import { GraphBuilder } from '../../../src/model/onnx/graph-builder.ts';
import type { TensorView } from '../../../src/model/onnx/tensor-view.ts';
import { probeModel } from '../../../src/model/probe/probe-model.ts';
import type { ProbeReport } from '../../../src/model/probe/probe-report.ts';
import { loadModel } from '../../../src/model/yolo/load-model.ts';
import { EigenfleetError } from '../../../src/shared/errors.ts';
import { editModel } from '../../support/onnx-fixture.ts';
import { seededRandom } from '../../support/seeded-random.ts';

async function probeFile(name: string, components: number): Promise<ProbeReport | undefined> {
  const path = fileURLToPath(new URL(`../../../../test/fixtures/models/${name}`, import.meta.url));
  const { model, layers } = await loadModel(path);
  const plan = { layers, components, device: 'cpu' } as const;
  const bytes = readFileSync(path);
  return probeModel({ name, bytes, facts: model, plan, device: 'cpu', threads: 1 });
}

const files = [
  ...['tiny-det', 'tiny-det-fp16', 'tiny-det-batch4', 'tiny-cls', 'tiny-rtdetr'],
  'zoo-26-obb-nms',
];
for (const file of files) {
  test(`finds the answer, the layers and three components of ${file} right`, async () => {
    const report = await probeFile(`${file}.onnx`, 3);
    assert.equal(report?.answer, 'agrees');
    assert.ok(report.layers.length > 0);
    for (const { reading } of report.layers) assert.equal(reading, 'agrees');
    assert.ok(report.layers.some(({ maps }) => maps === 'agrees'));
  });
}

const side = 16;
const blocked = 'com.microsoft.nchwc';

/** A model of one layer that a convolution reads; `make` adds both to the graph and says how the layer is taken for. */
async function probeToy(
  channels: number,
  make: (graph: GraphBuilder, image: string) => { tensor: string; view?: TensorView },
): Promise<ProbeReport | undefined> {
  const graph = new GraphBuilder(18, 'toy');
  const inputName = graph.input('images', 'float32', [1, 3, side, side]);
  const image = conv(graph, inputName, 3, 48);
  const shape = { channels, gridHeight: side, gridWidth: side, elemType: 'float32' as const };
  const layer: ActivationLayer = { name: 'toy', ...shape, ...make(graph, image) };
  graph.output(graph.op('Flatten', [inputName], {}, 'toy/head'));
  const bytes = editModel(graph.encode('standalone'), ({ opsetImport }) => {
    opsetImport.push({ $typeName: 'onnx.OperatorSetIdProto', domain: blocked, version: 1n });
  });
  const facts = {
    ...{ inputName, inputHeight: side, inputWidth: side, batch: 1, opset: 18 },
    ...{ inputChannels: 3, takesBytes: false, quantizes: false },
    inputElemType: 'float32',
    headLayout: { kind: 'classify', output: 'toy/head', elemType: 'float32', classes: 768 },
  } as const;
  const plan = { layers: [layer], components: 1, device: 'cpu' } as const;
  return probeModel({ name: 'toy.onnx', bytes, facts, plan, device: 'cpu', threads: 1 });
}

let weightCount = 0;

function weightsOf(graph: GraphBuilder, from: number, to: number): string {
  const random = seededRandom(to + from);
  const values = Float32Array.from({ length: from * to }, () => random() - 0.5);
  return graph.floats(`w${weightCount++}`, [to, from, 1, 1], values);
}

function conv(graph: GraphBuilder, tensor: string, from: number, to: number): string {
  return graph.op('Conv', [tensor, weightsOf(graph, from, to)]);
}

function isMisread(error: unknown): boolean {
  const sentence = /^Layer toy of toy\.onnx .* not read as the model itself reads it.*--layers/;
  return error instanceof EigenfleetError && error.code === 'model' && sentence.test(error.message);
}

const part = (graph: GraphBuilder, image: string, start: number) =>
  graph.sliced(image, 1, { start, end: start + 16, step: 1 });

/** Three parts side by side before a convolution, of which `taken` are joined. */
function joined(...taken: readonly number[]) {
  return (graph: GraphBuilder, image: string) => {
    const parts = [0, 16, 32].map((start) => part(graph, image, start));
    graph.output(conv(graph, graph.op('Concat', parts, { axis: 1 }), 48, 8));
    const view = { kind: 'join', parts: taken.map((at) => parts[at]!) } as const;
    return { tensor: 'joined', view };
  };
}

test('finds parts that were joined right, and refuses other parts and another order', async () => {
  for (const right of [joined(0, 1), joined(1, 2)]) {
    assert.equal((await probeToy(32, right))?.layers[0]?.reading, 'agrees');
  }
  await assert.rejects(probeToy(32, joined(0, 2)), isMisread);
  await assert.rejects(probeToy(32, joined(1, 0)), isMisread);
});

/** A layer of blocked channels that a blocked convolution reads. */
function blockedLayer(view?: TensorView) {
  return (graph: GraphBuilder, image: string) => {
    const tensor = graph.op('ReorderInput', [image], {}, '', blocked);
    const read = graph.op('Conv', [tensor, weightsOf(graph, 48, 32)], {}, '', blocked);
    graph.output(graph.op('ReorderOutput', [read], { channels: 32 }, '', blocked));
    return { tensor, ...(view && { view }) };
  };
}

test('refuses blocked channels that are read as they lie', async (context) => {
  if (process.arch !== 'x64') return context.skip('ONNX Runtime blocks channels on x64');
  const right = await probeToy(48, blockedLayer({ kind: 'unblock' }));
  assert.equal(right?.layers[0]?.reading, 'agrees');
  await assert.rejects(probeToy(48, blockedLayer()), isMisread);
});

/** A layer of bytes that a convolution reads as floats. */
function byteLayer(scale: number) {
  return (graph: GraphBuilder, image: string) => {
    const [right, zeroPoint] = [graph.scalar(1 / 64), graph.byteScalar(128)];
    const tensor = graph.op('QuantizeLinear', [image, right, zeroPoint]);
    const floats = graph.op('DequantizeLinear', [tensor, right, zeroPoint]);
    graph.output(conv(graph, floats, 48, 8));
    return { tensor, view: { kind: 'dequantize', scale: graph.scalar(scale), zeroPoint } as const };
  };
}

test('refuses integers that are read by another scale', async () => {
  assert.equal((await probeToy(48, byteLayer(1 / 64)))?.layers[0]?.reading, 'agrees');
  await assert.rejects(probeToy(48, byteLayer(1 / 32)), isMisread);
});

test('takes nothing for misread because a quantizer cuts off what its calibration never saw', async () => {
  const report = await probeToy(48, (graph, image) => {
    const [scale, zeroPoint] = [graph.scalar(1 / 400), graph.byteScalar(128)];
    const bytes = graph.op('QuantizeLinear', [image, scale, zeroPoint]);
    graph.output(conv(graph, graph.op('DequantizeLinear', [bytes, scale, zeroPoint]), 48, 8));
    return { tensor: image };
  });
  assert.equal(report?.layers[0]?.reading, 'unchecked');
});

test('leaves a layer unchecked that nothing with known weights reads', async () => {
  const report = await probeToy(48, (graph, image) => {
    graph.output(graph.op('MaxPool', [image], { kernel_shape: [2, 2] }));
    return { tensor: image };
  });
  assert.deepEqual(report?.layers[0], { layer: 'toy', reading: 'unchecked', maps: 'agrees' });
});
