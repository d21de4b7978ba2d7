import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { frozenThreshold } from '../../../src/model/head/frozen-threshold.ts';
import { decodeOnnx } from '../../../src/model/onnx/onnx-file.ts';
import { readYoloModel } from '../../../src/model/yolo/yolo-model.ts';
import { fixtureModel } from '../../support/explainer.ts';

function frozenOf(name: string): number | null | undefined {
  return readYoloModel(readFileSync(fixtureModel(name)), { name }).frozenThreshold;
}

it('the threshold of an embedded suppression is read from its graph', () => {
  assert.equal(frozenOf('tiny-det-nms'), 0.25);
  assert.equal(frozenOf('zoo-26-obb-nms'), 0.05);
});

it('nothing is frozen where the graph answers with all scores or the best of all', () => {
  for (const name of ['tiny-det', 'tiny-seg', 'zoo-26-seg-end2end', 'tiny-rtdetr', 'tiny-cls']) {
    assert.equal(frozenOf(name), undefined, name);
  }
});

it('it is unknown where the graph suppresses and compares its scores with no constant', () => {
  const file = decodeOnnx(readFileSync(fixtureModel('tiny-det-nms')), 'tiny-det-nms');
  const node = file.graph.node.filter(({ opType }) => opType !== 'Greater');
  assert.equal(frozenThreshold({ ...file, graph: { ...file.graph, node } }, { kind: 'nms' }), null);
});
