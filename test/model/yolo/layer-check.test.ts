import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { GraphProto } from 'onnx-buf';
import { loadModel } from '../../../src/model/yolo/load-model.ts';
import { EigenfleetError } from '../../../src/shared/errors.ts';
import { editModel, modelFixture } from '../../support/onnx-fixture.ts';
import { tempDir } from '../../support/temp-dir.ts';

function saved(change: (graph: GraphProto) => void): string {
  const path = join(tempDir(), 'odd.onnx');
  writeFileSync(
    path,
    editModel(modelFixture('tiny-det.onnx'), ({ graph }) => graph && change(graph)),
  );
  return path;
}

function refusal(sentence: RegExp) {
  return (error: unknown) =>
    error instanceof EigenfleetError && error.code === 'model' && sentence.test(error.message);
}

test('refuses default layers that are not those that the weights of the head take', async () => {
  const path = saved((graph) => {
    const weights = graph.initializer.find(({ name }) => name === 'model.22.cv3.1.0.conv.weight');
    assert.ok(weights);
    weights.dims[1] = 128n;
  });
  const sentence =
    /model\.18 \(.*\) has 64 channels, and the weights that read it take 128\. .*--layers/;
  await assert.rejects(loadModel(path), refusal(sentence));
  assert.equal((await loadModel(path, { layers: ['18'] })).layers.length, 1);
});

test('refuses default layers that have not as many cells as the head has anchors', async () => {
  const path = saved((graph) => {
    for (const node of graph.node) node.name = node.name.replace(/^\/model\.1[67]\//, '/model.22/');
  });
  await assert.rejects(loadModel(path), refusal(/have 2500 cells, .* answers for 2100 anchors/));
});
