import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, test } from 'node:test';
import { openModel } from '../../../src/index.ts';
import { featureLayers } from '../../../src/model/yolo/feature-layers.ts';
import { loadModel } from '../../../src/model/yolo/load-model.ts';
import { readYoloModel } from '../../../src/model/yolo/yolo-model.ts';
import { repositoryRoot } from '../../support/cache-folder.ts';
import { modelFixture } from '../../support/onnx-fixture.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { residualClassifier, VisionModel } from '../../support/vision-model.ts';

describe('the layers of a model whose head is not read', () => {
  it('are the ends of the last three stages of a residual network', async () => {
    const { layers, tensors, warnings } = await layersOf(residualClassifier());
    assert.deepEqual(tensors, ['stage2/last', 'stage3/last', 'stage4/last']);
    assert.deepEqual(warnings, []);
    assert.deepEqual(
      layers.map(({ tensor, channels, gridHeight }) => [tensor, channels, gridHeight]),
      [
        ['stem', 4, 32],
        ['stage1/last', 4, 16],
        ['stage2/last', 6, 8],
        ['stage3/last', 8, 4],
        ['stage4/last', 10, 2],
      ],
    );
  });

  it('are what the head reads of a pyramid, not its branches', async () => {
    const model = new VisionModel();
    const { graph } = model;
    const fine = model.block(model.image, 3, 4, { stride: 2, name: 'fine' });
    const middle = model.block(fine, 4, 4, { stride: 2, name: 'middle' });
    const coarse = model.block(middle, 4, 4, { stride: 2, name: 'coarse' });
    const topDown = graph.op('Concat', [model.enlarged(coarse), middle], { axis: 1 });
    const p4 = model.block(topDown, 8, 6, { name: 'pyramid/4' });
    const bottomUp = graph.op('Concat', [model.conv(p4, 6, 4, { stride: 2 }), coarse], { axis: 1 });
    const p5 = model.block(bottomUp, 8, 6, { name: 'pyramid/5' });
    const levels = [p4, p5].map((level) => {
      const boxes = model.conv(model.relu(model.conv(level, 6, 6)), 6, 4);
      const scores = graph.op('Sigmoid', [model.conv(model.relu(model.conv(level, 6, 6)), 6, 2)]);
      const both = graph.op('Concat', [boxes, scores], { axis: 1 });
      return graph.op('Reshape', [both, graph.integers([1, 6, -1])]);
    });
    const bytes = model.encode(graph.op('Concat', levels, { axis: 2 }, 'rows'));
    const { tensors } = await layersOf(bytes);
    assert.deepEqual(tensors, ['fine', 'pyramid/4', 'pyramid/5']);
  });

  it('are the last features of a decoder, not its answer', async () => {
    const model = new VisionModel();
    const { graph } = model;
    const fine = model.block(model.image, 3, 4, { name: 'encoder/1' });
    const middle = model.block(fine, 4, 4, { stride: 2, name: 'encoder/2' });
    const coarse = model.block(middle, 4, 4, { stride: 2, name: 'bottom' });
    const up = graph.op('Concat', [model.enlarged(coarse), middle], { axis: 1 });
    const half = model.block(up, 8, 4, { name: 'decoder/2' });
    const whole = graph.op('Concat', [model.enlarged(half), fine], { axis: 1 });
    const last = model.block(whole, 8, 4, { name: 'decoder/1' });
    const answer = graph.op('Softmax', [model.conv(last, 4, 2)], { axis: 1 }, 'classes');
    const { tensors } = await layersOf(model.encode(answer));
    assert.deepEqual(tensors, ['bottom', 'decoder/2', 'decoder/1']);
  });

  it('do not end before a gate that leads out of the grid and back', async () => {
    const model = new VisionModel();
    const { graph } = model;
    const stem = model.relu(model.conv(model.image, 3, 4, { stride: 2 }), 'stem');
    const gate = graph.op('Sigmoid', [model.conv(graph.op('GlobalAveragePool', [stem]), 4, 4)]);
    const gated = graph.op('Mul', [stem, gate]);
    const last = model.relu(model.conv(gated, 4, 4), 'last');
    const pooled = graph.op('Flatten', [graph.op('GlobalAveragePool', [last])], {}, 'features');
    assert.deepEqual((await layersOf(model.encode(pooled))).tensors, ['last']);
  });

  it('count a grid once that a pool made a cell smaller', async () => {
    const model = new VisionModel();
    const { graph } = model;
    const fine = model.block(model.image, 3, 4, { stride: 2, name: 'fine' });
    const pool = { kernel_shape: [2, 2], strides: [1, 1] };
    const smaller = graph.op('AveragePool', [fine], pool, 'smaller');
    const coarse = model.block(smaller, 4, 4, { stride: 2, name: 'coarse' });
    const { layers } = await layersOf(model.encode(graph.op('GlobalAveragePool', [coarse])));
    assert.deepEqual(layers.map(({ tensor }) => tensor).slice(-2), ['smaller', 'coarse']);
  });

  it('are not tokens, nor what lies channels last', async () => {
    const model = new VisionModel();
    const { graph } = model;
    const patches = model.conv(model.image, 3, 8, { stride: 16, name: 'patches' });
    let tokens = graph.op(
      'Transpose',
      [graph.op('Reshape', [patches, graph.integers([1, 8, -1])])],
      { perm: [0, 2, 1] },
    );
    const weights = graph.floats('mix', [8, 8], new Float32Array(64).fill(0.2));
    for (let block = 0; block < 12; block++) tokens = graph.op('MatMul', [tokens, weights]);
    const { tensors, warnings } = await layersOf(model.encode(tokens));
    assert.deepEqual(tensors, ['patches']);
    assert.match(warnings.join(), /only layer of model\.onnx with a grid is at its very beginning/);
  });

  it('are asked for where the model has none', async () => {
    const model = new VisionModel();
    const { graph } = model;
    const flat = graph.op('Flatten', [model.image]);
    const weights = graph.floats('all', [3 * 64 * 64, 2], new Float32Array(6 * 64 * 64));
    const bytes = model.encode(graph.op('MatMul', [flat, weights]));
    await assert.rejects(layersOf(bytes), /no layer with a spatial grid.*--layers/);
  });
});

function layersOf(bytes: Uint8Array) {
  const model = readYoloModel(bytes, { name: 'model.onnx', overrides: { task: 'none' } });
  return featureLayers(bytes, model);
}

for (const file of ['tiny-det', 'tiny-det-nms', 'tiny-det-fp16', 'tiny-pose', 'tiny-obb']) {
  test(`of ${file} are what its head reads, found without its names`, async () => {
    const bytes = modelFixture(`${file}.onnx`);
    const { headInputs } = readYoloModel(bytes, { name: file });
    const { tensors } = await layersOf(bytes);
    assert.deepEqual(tensors, headInputs);
  });
}

test('tokens of a named layer are laid on the grid of the patches, other tokens left out', async () => {
  const model = new VisionModel();
  const { graph } = model;
  const patches = model.conv(model.image, 3, 8, { stride: 16, name: 'patches' });
  const rows = graph.op('Reshape', [patches, graph.integers([1, 8, -1])]);
  const tokens = graph.op('Transpose', [rows], { perm: [0, 2, 1] }, 'tokens');
  const first = graph.floats('class', [1, 1, 8], new Float32Array(8).fill(5));
  const all = graph.op('Concat', [first, tokens], { axis: 1 }, 'all');
  const path = join(tempDir(), 'vit.onnx');
  await writeFile(path, model.encode(graph.op('Relu', [all])));
  const layersNamed = async (layers: string[]) =>
    (await loadModel(path, { overrides: { task: 'none' }, layers })).layers;
  const [one] = await layersNamed(['all']);
  assert.deepEqual(one, {
    ...{ name: 'all', tensor: 'all', elemType: 'float32' },
    ...{ channels: 8, gridHeight: 4, gridWidth: 4 },
    view: { kind: 'tokens', first: 1, gridHeight: 4, gridWidth: 4 },
  });
  const photo = join(repositoryRoot, 'examples/blood-cells/images/test/BloodImage_00007.jpg');
  const mapOf = async (layers: string[]) => {
    const opened = await openModel(path, { task: 'none', layers, device: 'cpu', threads: 1 });
    const explained = await opened.explain(photo);
    await opened.close();
    assert.ok(explained.status === 'success');
    return explained.layers[0]?.components[0]?.values;
  };
  assert.deepEqual(await mapOf(['all']), await mapOf(['patches']));
});
