import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeOnnx } from '../../../src/model/onnx/onnx-file.ts';
import { cutGraph } from '../../../src/model/onnx/wire-splice.ts';
import { readLayerShapes } from '../../../src/model/yolo/layer-shapes.ts';
import { readYoloModel } from '../../../src/model/yolo/yolo-model.ts';
import { editModel, modelFixture } from '../../support/onnx-fixture.ts';

type Edited = Parameters<Parameters<typeof editModel>[1]>[0];

function addNode(model: Edited, node: { opType: string; input: string[]; output: string[] }): void {
  model.graph?.node.push({
    $typeName: 'onnx.NodeProto',
    ...{ name: `/model.3/${node.output[0]}`, overload: '', domain: '', docString: '' },
    ...{ attribute: [], metadataProps: [], deviceConfigurations: [] },
    ...node,
  });
}

test('cuts the nodes that nothing wanted depends on, and leaves every other byte', () => {
  const plain = modelFixture('tiny-det-dynamic.onnx');
  const output = readYoloModel(plain, { name: 'plain' }).headLayout.output ?? '';
  const first = decodeOnnx(plain, 'plain').graph.node[0]?.output[0] ?? '';
  const crowded = editModel(plain, (model) => {
    for (let n = 0; n < 20_000; n++) {
      const input = [n % 2 === 0 ? first : `idle${n - 1}`];
      addNode(model, { opType: 'Relu', input, output: [`idle${n}`] });
    }
  });
  const same = editModel(plain, () => {});
  assert.ok(
    Buffer.from(cutGraph(crowded, { wanted: [output] })).equals(
      cutGraph(same, { wanted: [output] }),
    ),
  );
});

test('measures the layers of a graph beside thousands of idle maps', async () => {
  const plain = modelFixture('tiny-det-dynamic.onnx');
  const first = decodeOnnx(plain, 'plain').graph.node[0]?.output[0] ?? '';
  // Each would hold a map of 160 x 160 cells: 13 GB in all.
  const crowded = editModel(plain, (model) => {
    for (let n = 0; n < 8000; n++) {
      addNode(model, { opType: 'Relu', input: [first], output: [`idle${n}`] });
    }
  });
  const [expected, found] = await Promise.all(
    [plain, crowded].map((bytes) => {
      const model = readYoloModel(bytes, { name: 'model' });
      return readLayerShapes(bytes, model, model.headInputs);
    }),
  );
  assert.equal(found?.size, 3);
  assert.deepEqual(found, expected);
});

test('keeps what a subgraph reads from the graph around it', () => {
  const bytes = editModel(modelFixture('tiny-det.onnx'), (model) => {
    addNode(model, { opType: 'Relu', input: ['images'], output: ['captured'] });
    addNode(model, { opType: 'Relu', input: ['images'], output: ['unread'] });
    addNode(model, { opType: 'If', input: ['images'], output: ['chosen'] });
    const inner = decodeOnnx(modelFixture('tiny-det.onnx'), 'inner').graph;
    inner.node.splice(0, inner.node.length);
    inner.initializer.splice(0, inner.initializer.length);
    inner.output.splice(1);
    inner.output[0]!.name = 'captured';
    model.graph?.node.at(-1)?.attribute.push({
      $typeName: 'onnx.AttributeProto',
      ...{ name: 'then_branch', refAttrName: '', docString: '', type: 5, f: 0, i: 0n },
      ...{ s: new Uint8Array(), floats: [], ints: [], strings: [], tensors: [], graphs: [] },
      ...{ typeProtos: [], sparseTensors: [], g: inner },
    });
  });
  const kept = decodeOnnx(cutGraph(bytes, { wanted: ['chosen'] }), 'kept').graph.node;
  assert.deepEqual(
    kept.map(({ opType, output }) => `${opType} ${output.join()}`),
    ['Relu captured', 'If chosen'],
  );
});
