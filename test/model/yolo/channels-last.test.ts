import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { GraphBuilder } from '../../../src/model/onnx/graph-builder.ts';
import { probeModel } from '../../../src/model/probe/probe-model.ts';
import { loadModel } from '../../../src/model/yolo/load-model.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { VisionModel } from '../../support/vision-model.ts';

const overrides = { task: 'none' as const };

/** A block as ConvNeXt has it: out of channels first, a matrix, a sum, and back. `more` adds what reads the sum. */
function blockModel(more: (graph: GraphBuilder, sum: string) => void = () => {}): string {
  const model = new VisionModel(64);
  const { graph } = model;
  const stem = model.relu(model.conv(model.image, 3, 4, { stride: 8 }), 'stem');
  const turned = graph.op('Transpose', [stem], { perm: [0, 2, 3, 1] }, 'turned');
  const weights = Float32Array.from({ length: 4 * 6 }, (_, i) => Math.cos(3 * i));
  const wide = graph.op('MatMul', [turned, graph.floats('matrix', [4, 6], weights)], {}, 'wide');
  const sum = graph.op('Add', [wide, graph.op('Sigmoid', [wide])], {}, 'sum');
  const back = graph.op('Transpose', [sum], { perm: [0, 3, 1, 2] }, 'back');
  more(graph, sum);
  const path = join(tempDir(), 'block.onnx');
  writeFileSync(path, model.encode(model.conv(back, 6, 8), model.relu(model.conv(back, 6, 5))));
  return path;
}

test('finds by the graph whether a layer has its channels first or last', async () => {
  const path = blockModel();
  for (const [name, channels] of [
    ...[['stem', 4] as const, ['turned', 4] as const],
    ...[['wide', 6] as const, ['sum', 6] as const, ['back', 6] as const],
  ]) {
    const { layers, model } = await loadModel(path, { overrides, layers: [name] });
    const [layer] = layers;
    assert.equal(layer?.channels, channels, name);
    assert.deepEqual([layer?.gridHeight, layer?.gridWidth], [8, 8]);
    const plan = { layers, components: 1, device: 'cpu' } as const;
    const bytes = readFileSync(path);
    const file = { name: 'block.onnx', bytes, facts: model };
    const report = await probeModel({ ...file, plan, device: 'cpu', threads: 1 });
    assert.equal(report?.layers[0]?.maps, 'agrees', name);
    const isRead = ['turned', 'sum', 'back'].includes(name);
    assert.equal(report?.layers[0]?.reading, isRead ? 'agrees' : 'unchecked', name);
  }
});

test('refuses a layer whose channels the graph takes for first and for last', async () => {
  const path = blockModel((graph, sum) => {
    graph.output(graph.op('MaxPool', [sum], { kernel_shape: [2, 2] }));
  });
  await assert.rejects(loadModel(path, { overrides, layers: ['sum'] }), /cannot be told/);
});

test('refuses a tensor whose first axis is not the batch', async () => {
  const path = blockModel((graph, sum) => {
    const windows = graph.op('Reshape', [sum, graph.integers([4, 4, 4, 6])], {}, 'windows');
    graph.output(graph.op('Relu', [windows]));
  });
  await assert.rejects(loadModel(path, { overrides, layers: ['windows'] }), /no spatial grid/);
});
