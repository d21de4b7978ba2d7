import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatModelDescription } from '../../../src/model/yolo/model-description.ts';
import { resolveTargetLayers } from '../../../src/model/yolo/module-layers.ts';
import { readYoloModel } from '../../../src/model/yolo/yolo-model.ts';
import { EigenfleetError } from '../../../src/shared/errors.ts';
import { sketchModel } from '../../support/onnx-fixture.ts';

/** So many nodes that whoever goes through all of them for each of them needs a minute. */
const many = 20_000;
const numbers = Array.from({ length: many }, (_, n) => n);
type Node = readonly [string, string, string, string];

const head: readonly Node[] = [
  ['/model.0/conv/Conv', 'Conv', 'images', 'features'],
  ['/model.1/Concat', 'Concat', 'features last', 'output0'],
];

function read(nodes: readonly Node[], more: readonly string[] = []) {
  const outputs = ['output0', ...more].map((name) => [name, [1, 7, 84]] as const);
  const metadata = { task: 'detect', names: "{0: 'a', 1: 'b', 2: 'c'}" };
  const bytes = sketchModel({ nodes, outputs: Object.fromEntries(outputs), metadata });
  return readYoloModel(bytes, { name: 'large.onnx' });
}

function refused(what: () => unknown, code: string, sentence: RegExp): void {
  assert.throws(
    what,
    (error) =>
      error instanceof EigenfleetError && error.code === code && sentence.test(error.message),
  );
}

test('puts a chain in order that stands in the file from its end to its beginning', () => {
  const chain = numbers.map((n): Node => {
    const output = n === many - 1 ? 'last' : `t${n}`;
    return [`/model.0/r${n}`, 'Relu', n === 0 ? 'features' : `t${n - 1}`, output];
  });
  const { activationTensors, defaultTargets } = read([...head, ...chain.toReversed()]);
  const made = numbers.slice(0, -1).map((n) => `t${n}`);
  assert.deepEqual(activationTensors, ['features', ...made, 'last', 'output0']);
  assert.deepEqual(defaultTargets, ['features', 'last']);
});

test('reads a module of tens of thousands of nodes, all of them outputs of the graph', () => {
  const wide = numbers.map((n): Node => [`/model.0/r${n}`, 'Relu', 'features', `w${n}`]);
  const last: Node = ['/model.0/last', 'Relu', 'features', 'last'];
  const model = read(
    [...wide, last, ...head],
    numbers.map((n) => `w${n}`),
  );
  assert.deepEqual(
    model.modules.map(({ name, readBy }) => [name, readBy]),
    [
      ['model.0', [1]],
      ['model.1', []],
    ],
  );
});

test('describes tens of thousands of modules, and refuses to explain them all', () => {
  const wide = numbers.map((n): Node => [`/model.${n}/r`, 'Relu', 'images', `w${n}`]);
  const reading = numbers.map((n) => `w${n}`).join(' ');
  const model = read([...wide, [`/model.${many}/Concat`, 'Concat', reading, 'output0']]);
  assert.equal(model.modules.length, many + 1);
  refused(() => resolveTargetLayers(model), 'usage', /20000 layers, .*limit is 1000/);
  const layers = model.modules.map((module) => ({
    ...module,
    ...{ elemType: 'float32', isDefault: false, reason: '' },
    ...{ channels: undefined, gridHeight: undefined, gridWidth: undefined, stride: undefined },
    readBy: module.readBy.map(String),
  }));
  const described = { model, layers, head: 'model.1', headInputs: [], layout: '' };
  const text = formatModelDescription({ ...described, defaultReason: '' });
  assert.ok(text.split('\n').length > many);
});

test('refuses shapes that no memory holds', () => {
  const nodes: readonly Node[] = [['/model.0/Gemm', 'Gemm', 'images', 'output0']];
  const metadata = { task: 'classify' };
  const open = (inputShape: number[], outputs: Record<string, number[]>) => () =>
    readYoloModel(sketchModel({ nodes, inputShape, outputs, metadata }), { name: 'large.onnx' });
  const few = { output0: [1, 3] };
  refused(open([1, 3, 64, 64], { output0: [1, 2 ** 40] }), 'model', /1099511627776 classes/);
  refused(open([1, 3, 1e6, 1e6], few), 'model', /1 x 1000000x1000000 pixels/);
  refused(open([2 ** 40, 3, 64, 64], few), 'model', /1099511627776 x 64x64 pixels/);
});
