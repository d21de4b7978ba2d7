import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveTargetLayers } from '../../../src/model/yolo/module-layers.ts';
import { readYoloModel } from '../../../src/model/yolo/yolo-model.ts';
import { EigenfleetError } from '../../../src/shared/errors.ts';
import { editModel, modelFixture, sketchModel } from '../../support/onnx-fixture.ts';

const read = (bytes: Uint8Array) => readYoloModel(bytes, { name: 'best.onnx' });
const detect = read(modelFixture('tiny-det.onnx'));
const classify = read(modelFixture('tiny-cls.onnx'));
const namesOf = (requested?: string[]) =>
  resolveTargetLayers(detect, requested).map(({ name }) => name);

test('shortens the names of tensors where no modules are known', () => {
  const tensors = ['/layer4/layer4.1/relu_1/Relu_output_0', '/a/b', 'a.b', 'relu_8'];
  const nodes = tensors.map((tensor, i) => [`${i}`, 'Relu', 'images', tensor] as const);
  const bytes = sketchModel({ nodes, outputs: { out: [1, 2] } });
  const model = readYoloModel(bytes, { name: 'resnet.onnx', overrides: { task: 'none' } });
  assert.deepEqual(
    resolveTargetLayers(model, tensors).map(({ name }) => name),
    ['layer4.1.relu_1.Relu', 'a.b-1', 'a.b-2', 'relu_8'],
  );
});

test('takes what the head reads, in every kind of export', () => {
  for (const file of [
    'tiny-det',
    'tiny-det-batch4',
    'tiny-det-dynamic',
    'tiny-det-fp16',
    'tiny-det-nms',
    'tiny-det-opset12-raw',
    'tiny-seg',
    'tiny-pose',
    'tiny-obb',
  ]) {
    const model = read(modelFixture(`${file}.onnx`));
    const scope = file === 'tiny-det-nms' ? '/model/model' : '/model';
    assert.deepEqual(
      resolveTargetLayers(model),
      [15, 18, 21].map((n) => ({
        name: `model.${n}`,
        tensor: `${scope}.${n}/cv2/act/Mul_output_0`,
      })),
      file,
    );
    assert.equal(model.headModule, 22, file);
  }
});

test('takes the last two layers with a grid of a classifier', () => {
  assert.deepEqual(resolveTargetLayers(classify), [
    { name: 'model.8', tensor: '/model.8/cv2/act/Mul_output_0' },
    { name: 'model.9', tensor: '/model.9/conv/act/Mul_output_0' },
  ]);
});

test('takes a module by number, by name and from the end', () => {
  for (const request of ['15', 'model.15', ' model.15 ', 'model.model.15', '/model.15', '-8']) {
    assert.deepEqual(namesOf([request]), ['model.15'], request);
  }
  assert.deepEqual(namesOf(['-2']), ['model.21']);
  assert.deepEqual(
    resolveTargetLayers(classify, ['-2', '-1']).map(({ name }) => name),
    ['model.8', 'model.9'],
  );
});

test('gives each layer once, in the order of the graph', () => {
  assert.deepEqual(namesOf(['21', 'model.4', '-2', '/model.4/cv2/act/Mul_output_0', '15']), [
    'model.4',
    'model.15',
    'model.21',
  ]);
});

test('takes ranges, the head, the backbone and all', () => {
  const named = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, n) => `model.${from + n}`);
  assert.deepEqual(namesOf(['15-21']), named(15, 21));
  assert.deepEqual(namesOf(['model.15-model.17', '4']), ['model.4', ...named(15, 17)]);
  assert.deepEqual(namesOf(['-3--2']), named(20, 21));
  assert.deepEqual(namesOf(['20-99']), named(20, 21));
  assert.deepEqual(namesOf(['head']), ['model.15', 'model.18', 'model.21']);
  assert.deepEqual(namesOf(['backbone']), named(0, 9));
  assert.deepEqual(namesOf(['all']), named(0, 21));
  assert.deepEqual(
    resolveTargetLayers(classify, ['all']).map(({ name }) => name),
    named(0, 9),
  );
  refused(['21-15'], /no layer "21-15"/);
  refused(['30-40'], /no layer "30-40"/);
});

test('takes a tensor by its exact name, and makes a name of it that is safe in a path', () => {
  assert.deepEqual(resolveTargetLayers(detect, ['/model.15/cv1/conv/Conv_output_0']), [
    { name: 'model.15.cv1.conv.Conv_output_0', tensor: '/model.15/cv1/conv/Conv_output_0' },
  ]);
});

function refused(requested: string[], sentence: RegExp): void {
  assert.throws(
    () => resolveTargetLayers(detect, requested),
    (error) =>
      error instanceof EigenfleetError && error.code === 'usage' && sentence.test(error.message),
  );
}

test('lists the near layers for one that is not there', () => {
  refused(
    ['model.99'],
    /best\.onnx has no layer "model\.99"\. Near ones: model\.19, model\.20, model\.21\./,
  );
  refused(['-40'], /Near ones: model\.0, model\.1, model\.2\./);
  refused(['modle.15'], /no layer "modle\.15"\. Near ones: model\.15, /);
  refused(['/model.15/cv2/act/Mul_output'], /Near ones: \/model\.15\/cv2\/act\/Mul_output_0, /);
});

test('says that a detection head has no grid, and what it reads', () => {
  for (const request of ['22', '-1']) {
    refused([request], /is the head, which has no spatial grid: .*model\.15, model\.18, model\.21/);
  }
});

test('refuses an empty list', () => {
  refused([], /empty/);
});

/** Two levels, a neck, a head; as the names of nodes are given. */
function sketch(scope: (module: number) => string) {
  return sketchModel({
    nodes: [
      [`${scope(0)}/conv/Conv`, 'Conv', 'images w0', 'a'],
      [`${scope(1)}/cv1/Conv`, 'Conv', 'a w1', 'b'],
      [`${scope(1)}/cv2/Conv`, 'Conv', 'b w2', 'c'],
      [`${scope(2)}/Shape`, 'Shape', 'a', 'shape'],
      [`${scope(2)}/Resize`, 'Resize', 'c shape', 'd'],
      [`${scope(3)}/Concat`, 'Concat', 'a d', 'e'],
      [`${scope(4)}/cv2.0/Conv`, 'Conv', 'c w3', 'f'],
      [`${scope(4)}/cv2.1/Conv`, 'Conv', 'e w4', 'g'],
      [`${scope(4)}/Concat`, 'Concat', 'f g shape', 'output0'],
    ],
    outputs: { output0: [1, 7, 84] },
    metadata: { task: 'detect', names: "{0: 'a', 1: 'b', 2: 'c'}" },
  });
}

const scopes: [what: string, scope: (module: number) => string][] = [
  ['plain', (n) => `/model.${n}`],
  ['wrapped', (n) => `/model/model.${n}`],
  ['twice wrapped', (n) => `/wrapper/model/model.${n}`],
  ['wrapped in a numbered module', (n) => `/model.0/model.${n}`],
  ['behind a prefix', (n) => `yolo_/model.${n}`],
  ['behind a prefix with a slash', (n) => `yolo//model.${n}`],
];

for (const [what, scope] of scopes) {
  test(`finds modules by structure where names are ${what}`, () => {
    const model = read(sketch(scope));
    assert.deepEqual(
      model.modules.map(({ index, tensor }) => [index, tensor]),
      [
        [0, 'a'],
        [1, 'c'],
        [2, 'd'],
        [3, 'e'],
        [4, 'output0'],
      ],
    );
    assert.deepEqual(model.modules[0]?.readBy, [1, 2, 3]);
    assert.deepEqual(model.headInputs, ['c', 'e']);
    assert.deepEqual(model.defaultTargets, ['c', 'e']);
    assert.deepEqual(model.activationTensors, ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'output0']);
  });
}

test('finds modules where ONNX Runtime put its own words before names', () => {
  const named = sketch((n) => `/model.${n}`);
  const saved = editModel(named, ({ graph }) => {
    graph?.node.forEach((node, at) => {
      if (at % 2 === 1) node.name = `InsertedPrecisionFreeCast_${node.name}`;
    });
  });
  assert.deepEqual(read(saved).modules, read(named).modules);
  assert.deepEqual(read(saved).headInputs, read(named).headInputs);
});

test('does not depend on the order of the nodes', () => {
  const reversed = editModel(
    sketch((n) => `/model.${n}`),
    ({ graph }) => graph?.node.reverse(),
  );
  const model = read(reversed);
  assert.deepEqual(model.modules.map(({ tensor }) => tensor).sort(), [
    'a',
    'c',
    'd',
    'e',
    'output0',
  ]);
  assert.deepEqual(model.headInputs, ['c', 'e']);
  assert.deepEqual(model.defaultTargets, ['c', 'e']);
});

test('finds head and blocks where nothing carries a name', () => {
  const model = read(sketch((n) => `Node_${n}`));
  assert.deepEqual(
    model.modules.map(({ name, tensor, isHead }) => [name, tensor, isHead]),
    [
      ['block.0', 'a', false],
      ['block.1', 'b', false],
      ['block.2', 'c', false],
      ['block.3', 'd', false],
      ['block.4', 'e', false],
      ['block.5', 'output0', true],
    ],
  );
  assert.deepEqual(model.headInputs, ['c', 'e']);
  assert.deepEqual(resolveTargetLayers(model), [
    { name: 'block.2', tensor: 'c' },
    { name: 'block.4', tensor: 'e' },
  ]);
  assert.deepEqual(resolveTargetLayers(model, ['-2', 'block.0', '1']), [
    { name: 'block.0', tensor: 'a' },
    { name: 'block.1', tensor: 'b' },
    { name: 'block.4', tensor: 'e' },
  ]);
});

test('asks for tensors by name where the graph shows no head', () => {
  const nodes = [
    ['x', 'Flatten', 'images', 'a'],
    ['y', 'MatMul', 'a w', 'output0'],
  ] as const;
  const metadata = { task: 'detect', names: "{0: 'a', 1: 'b', 2: 'c'}" };
  const model = read(sketchModel({ nodes, outputs: { output0: [1, 7, 84] }, metadata }));
  assert.deepEqual(model.modules, []);
  assert.equal(model.headModule, -1);
  assert.throws(() => resolveTargetLayers(model), /choose tensors by name with --layers/);
  assert.throws(() => resolveTargetLayers(model, ['15']), /no layer "15"\. It names no modules/);
  assert.deepEqual(resolveTargetLayers(model, ['a']), [{ name: 'a', tensor: 'a' }]);
});

test('finds modules by their weights where nodes carry no module names', () => {
  const nameless = (file: string) =>
    read(
      editModel(modelFixture(file), ({ graph }) => {
        graph?.node.forEach((node, place) => {
          node.name = `${node.opType}_${place}`;
        });
      }),
    );
  for (const file of ['tiny-det.onnx', 'tiny-det-opset12-raw.onnx', 'tiny-det-dynamic.onnx']) {
    const model = nameless(file);
    const named = read(modelFixture(file));
    const blocks = model.modules.map(({ index }) => index);
    assert.deepEqual(blocks, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 16, 18, 19, 21, 22], file);
    assert.deepEqual(
      model.modules.map(({ tensor }) => tensor),
      named.modules.filter(({ index }) => blocks.includes(index)).map(({ tensor }) => tensor),
      file,
    );
    assert.deepEqual(resolveTargetLayers(model), resolveTargetLayers(named), file);
  }
  assert.deepEqual(resolveTargetLayers(nameless('tiny-cls.onnx')), resolveTargetLayers(classify));
});

test('pools a classifier that averages its input directly', () => {
  const model = read(
    sketchModel({
      nodes: [
        ['/model.0/Conv', 'Conv', 'images', 'a'],
        ['/model.1/Conv', 'Conv', 'a', 'b'],
        ['/model.2/Conv', 'Conv', 'b', 'c'],
        ['/model.3/pool', 'GlobalAveragePool', 'c', 'd'],
        ['/model.3/Gemm', 'Gemm', 'd', 'output0'],
      ],
      outputs: { output0: [1, 3] },
    }),
  );
  assert.deepEqual(model.defaultTargets, ['b', 'c']);
});
