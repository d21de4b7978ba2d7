import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { GraphBuilder } from '../../../src/model/onnx/graph-builder.ts';
import { readLayerShapes } from '../../../src/model/yolo/layer-shapes.ts';
import { runtimeInfos } from '../../../src/model/yolo/runtime-shapes.ts';
import { readYoloModel } from '../../../src/model/yolo/yolo-model.ts';
import { EigenfleetError } from '../../../src/shared/errors.ts';
import { editModel, modelFixture } from '../../support/onnx-fixture.ts';

interface ReferenceShape {
  readonly tensor: string;
  readonly elemType: 'FLOAT' | 'FLOAT16';
  readonly shape: [number, number, number, number];
}
type Reference = Readonly<Record<string, Readonly<Record<string, ReferenceShape>>>>;

/** By ONNX 1.23.2's own shape inference: see `module-shapes.py` beside it. */
const reference: Reference = JSON.parse(
  readFileSync(
    new URL('../../../../test/fixtures/models/module-shapes.json', import.meta.url),
    'utf8',
  ),
).models;

for (const [file, modules] of Object.entries(reference)) {
  test(`gives the modules of ${file} the shapes that ONNX infers`, async () => {
    const bytes = modelFixture(file);
    const model = readYoloModel(bytes, { name: file });
    const found = model.modules.filter((module) => !module.isHead);
    assert.deepEqual(
      Object.fromEntries(found.map(({ name, tensor }) => [name, tensor])),
      Object.fromEntries(Object.entries(modules).map(([name, { tensor }]) => [name, tensor])),
    );
    const shapes = await readLayerShapes(
      bytes,
      model,
      found.map(({ tensor }) => tensor),
    );
    for (const { tensor, elemType, shape } of Object.values(modules)) {
      const [, channels, gridHeight, gridWidth] = shape;
      const type = elemType === 'FLOAT' ? 'float32' : 'float16';
      assert.deepEqual(
        shapes.get(tensor),
        { channels, gridHeight, gridWidth, elemType: type },
        tensor,
      );
    }
  });
}

test('measures open sizes at the size of the run', async () => {
  const bytes = modelFixture('tiny-det-dynamic.onnx');
  const model = readYoloModel(bytes, { name: 'open', overrides: { imgsz: [256, 320] } });
  const tensor = '/model.21/cv2/act/Mul_output_0';
  const shapes = await readLayerShapes(bytes, model, [tensor]);
  assert.deepEqual(shapes.get(tensor), {
    channels: 128,
    gridHeight: 8,
    gridWidth: 10,
    elemType: 'float32',
  });
});

test("gives the features of a classifier's head", async () => {
  const bytes = modelFixture('tiny-cls.onnx');
  const model = readYoloModel(bytes, { name: 'tiny-cls.onnx' });
  const tensor = model.modules.at(-1)?.tensor ?? '';
  const shapes = await readLayerShapes(bytes, model, [tensor]);
  assert.deepEqual(shapes.get(tensor), {
    channels: 1280,
    gridHeight: 2,
    gridWidth: 2,
    elemType: 'float32',
  });
});

test('takes a grid of a single cell', async () => {
  const bytes = modelFixture('tiny-cls.onnx');
  const model = readYoloModel(bytes, { name: 'tiny-cls.onnx' });
  const tensor = '/model.9/pool/GlobalAveragePool_output_0';
  const shapes = await readLayerShapes(bytes, model, [tensor]);
  assert.deepEqual(shapes.get(tensor), {
    ...{ channels: 1280, gridHeight: 1, gridWidth: 1 },
    elemType: 'float32',
  });
});

test('refuses layers without a spatial grid', async () => {
  const cls = modelFixture('tiny-cls.onnx');
  const classifier = readYoloModel(cls, { name: 'tiny-cls.onnx' });
  for (const tensor of ['output0', '/model.9/Flatten_output_0']) {
    await assert.rejects(
      readLayerShapes(cls, classifier, [tensor]),
      (error) => error instanceof EigenfleetError && /no spatial grid/.test(error.message),
      tensor,
    );
  }
});

test('says in one sentence what ONNX Runtime cannot load', async () => {
  const broken = editModel(modelFixture('tiny-det-opset12-raw.onnx'), ({ graph }) => {
    const node = graph?.node.find(({ opType }) => opType === 'Sigmoid');
    if (node) node.opType = 'NoSuchOperator';
  });
  const model = readYoloModel(broken, { name: 'odd.onnx' });
  await assert.rejects(
    readLayerShapes(broken, model, ['/model.15/cv2/act/Mul_output_0']),
    (error) =>
      error instanceof EigenfleetError &&
      error.code === 'model' &&
      /^odd\.onnx cannot be loaded: it uses the operator NoSuchOperator/.test(error.message),
  );
});

test('says which size a model fails at, where it was loaded and does not run', async () => {
  const graph = new GraphBuilder(17, 'frozen');
  const image = graph.input('images', 'float32', [1, 3, 'height', 'width']);
  const cells = graph.op('Reshape', [image, graph.integers([-1])]);
  const anchors = graph.floats('anchors', [12], new Float32Array(12));
  // How many there are shows only a run.
  const made = graph.op('NonZero', [graph.op('Add', [cells, anchors])]);
  const bytes = graph.encode('standalone');
  const input = {
    ...{ inputName: image, inputElemType: 'float32' as const, inputChannels: 3, batch: 1 },
    ...{ takesBytes: false, exchangesChannels: false, quantizes: false, dynamicSides: true },
  } as const;
  const at = (side: number) => {
    const size = { inputHeight: side, inputWidth: side };
    const model = { ...input, ...size, name: 'best.onnx', opset: 17, externalFiles: [] };
    return runtimeInfos(bytes, model, [made], {});
  };
  await assert.doesNotReject(at(2));
  await assert.rejects(at(3), {
    code: 'model',
    message: /^best\.onnx does not run at 3x3 pixels .*Set --imgsz to the size that it/,
  });
});
