import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  describeModel,
  formatModelDescription,
} from '../../../src/model/yolo/model-description.ts';
import { modelFixture, withMetadata } from '../../support/onnx-fixture.ts';

async function textOf(bytes: Uint8Array, name = 'best.onnx'): Promise<string> {
  return formatModelDescription(await describeModel(bytes, { name }));
}

test('describes every module with its shape, its readers and whether it is explained by default', async () => {
  const { layers, head, headInputs } = await describeModel(modelFixture('tiny-det.onnx'), {
    name: 'best.onnx',
  });
  assert.equal(layers.length, 23);
  assert.deepEqual(layers[15], {
    name: 'model.15',
    tensor: '/model.15/cv2/act/Mul_output_0',
    block: 'C2f',
    opType: 'Mul',
    elemType: 'float32',
    channels: 32,
    gridHeight: 40,
    gridWidth: 40,
    stride: 8,
    readBy: ['model.16', 'model.22'],
    isDefault: true,
    reason: 'Default: the head reads it.',
  });
  assert.equal(head, 'model.22');
  assert.deepEqual(headInputs, ['model.15', 'model.18', 'model.21']);
  assert.deepEqual(
    layers.filter((layer) => layer.isDefault).map(({ name }) => name),
    headInputs,
  );
  assert.equal(layers[22]?.gridHeight, undefined);
});

test('names the blocks of YOLOv8 by their operators', async () => {
  const { layers } = await describeModel(modelFixture('tiny-det-opset12-raw.onnx'), {
    name: 'best.onnx',
  });
  assert.deepEqual(
    layers.map(({ block }) => block).join(' '),
    'Conv Conv C2f Conv C2f Conv C2f Conv C2f SPPF Upsample Concat C2f Upsample Concat C2f Conv Concat C2f Conv Concat C2f Detect',
  );
});

test('prints a table that fits a terminal and marks the default layers', async () => {
  const text = await textOf(modelFixture('tiny-det.onnx'));
  const lines = text.split('\n');
  assert.ok(lines.every((line) => line.length <= 96));
  assert.ok(text.endsWith('\n'));
  assert.deepEqual(
    lines.filter((line) => line.startsWith('* model')).map((line) => line.split(/\s+/).slice(1, 6)),
    [
      ['model.15', 'C2f', '32', '40x40', '8'],
      ['model.18', 'C2f', '64', '20x20', '16'],
      ['model.21', 'C2f', '128', '10x10', '32'],
    ],
  );
  assert.match(text, /task +detect, 3 classes: RBC, WBC, Platelets/);
  assert.match(text, /output +output0: box, 3 class scores for each of 2100 anchors/);
});

test('says what is special about a file', async () => {
  assert.match(await textOf(modelFixture('tiny-det-dynamic.onnx')), /pixels .*, dynamic/);
  assert.match(await textOf(modelFixture('tiny-det-nms.onnx')), /up to 300 finished detections/);
  assert.match(await textOf(modelFixture('tiny-cls.onnx')), /probabilities of 3 classes/);
  assert.match(await textOf(modelFixture('tiny-obb.onnx')), /2100 anchors, and its angle/);
  assert.match(await textOf(modelFixture('tiny-pose.onnx')), /2100 anchors, and 5 keypoints/);
  assert.match(
    await textOf(modelFixture('tiny-seg.onnx')),
    /2100 anchors, and a mask from 32 prototypes\s+in output1/,
  );
});

test('shows no control characters of the file', async () => {
  const bytes = withMetadata(modelFixture('tiny-det.onnx'), { names: "['\\x1b[2J', 'b', 'c']" });
  const text = await textOf(bytes, 'a\nb.onnx');
  assert.match(text, /3 classes: \?\[2J, b, c/);
  assert.match(text, /^a\?b\.onnx: /);
});

test('shortens a long list of classes', async () => {
  const described = await describeModel(modelFixture('tiny-det.onnx'), { name: 'best.onnx' });
  const classNames = Array.from({ length: 80 }, (_, id) => `c${id}`);
  const text = formatModelDescription({ ...described, model: { ...described.model, classNames } });
  assert.match(text, /80 classes: c0, .*c11\s+and\s+68\s+more/s);
  assert.ok(!text.includes('c12'));
});
