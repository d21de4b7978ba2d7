import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ModelOverrides,
  readMetadata,
} from '../../../src/model/metadata/ultralytics-metadata.ts';
import { decodeOnnx } from '../../../src/model/onnx/onnx-file.ts';
import { EigenfleetError } from '../../../src/shared/errors.ts';
import { modelFixture, withMetadata, withoutMetadata } from '../../support/onnx-fixture.ts';

const plain = modelFixture('tiny-cls.onnx');

function metadataOf(bytes: Uint8Array, overrides?: ModelOverrides) {
  return readMetadata(decodeOnnx(bytes, 'model.onnx'), overrides);
}

test('reads what Ultralytics 8.4.190 writes', () => {
  const metadata = metadataOf(modelFixture('tiny-pose.onnx'));
  assert.equal(metadata.task, 'pose');
  assert.deepEqual(
    metadata.names,
    new Map([
      [0, 'RBC'],
      [1, 'WBC'],
      [2, 'Platelets'],
    ]),
  );
  assert.deepEqual(metadata.imgsz, [320, 320]);
  assert.equal(metadata.stride, 32);
  assert.deepEqual(metadata.keypointShape, [5, 3]);
  assert.equal(metadata.args.get('simplify'), true);
  assert.equal(metadata.suppressed, false);
  assert.equal(metadata.version, '8.4.190');
  assert.match(metadata.license ?? '', /^AGPL-3\.0/);
  assert.deepEqual(metadata.warnings, []);
});

test('sees embedded NMS in the export arguments', () => {
  assert.equal(metadataOf(modelFixture('tiny-det-nms.onnx')).suppressed, true);
  assert.equal(metadataOf(withMetadata(plain, { end2end: 'True' })).suppressed, true);
});

test('knows a task that another tool wrote in capitals or as JSON', () => {
  for (const task of ['Detect', '"detect"', " 'DETECT' "]) {
    assert.equal(metadataOf(withMetadata(plain, { task })).task, 'detect');
  }
});

test('survives a file without metadata', () => {
  const metadata = metadataOf(withoutMetadata(plain));
  assert.equal(metadata.present, false);
  assert.equal(metadata.task, undefined);
  assert.equal(metadata.names, undefined);
  assert.deepEqual(metadata.warnings, []);
});

test('keeps what can be read beside what is broken, and says what was left out', () => {
  const broken = {
    names: "{0: 'RBC'",
    imgsz: '[320, -1]',
    args: "{'data': PosixPath('a')}",
    task: 'guess',
  };
  const metadata = metadataOf(withMetadata(plain, broken));
  assert.equal(metadata.stride, 1);
  assert.equal(metadata.names, undefined);
  assert.equal(metadata.imgsz, undefined);
  assert.equal(metadata.task, undefined);
  assert.equal(metadata.unknownTask, 'guess');
  assert.equal(metadata.warnings.length, 3);
  assert.ok(metadata.warnings.some((warning) => /"names".*position 9/.test(warning)));
});

const forms: [key: string, text: string, field: 'names' | 'imgsz' | 'stride', value: unknown][] = [
  [
    'names',
    "['a', \"b's\"]",
    'names',
    new Map([
      [0, 'a'],
      [1, "b's"],
    ]),
  ],
  [
    'names',
    "{'0': 'a', '2': 7}",
    'names',
    new Map([
      [0, 'a'],
      [2, '7'],
    ]),
  ],
  ['names', "{4294967296: 'far'}", 'names', undefined],
  ['imgsz', '640', 'imgsz', [640, 640]],
  ['imgsz', '(480, 640)', 'imgsz', [480, 640]],
  ['stride', '[8, 16, 32]', 'stride', 32],
  ['stride', 'None', 'stride', undefined],
];

for (const [key, text, field, value] of forms) {
  test(`reads ${key} written as ${text}`, () => {
    assert.deepEqual(metadataOf(withMetadata(plain, { [key]: text }))[field], value);
  });
}

test('lets the user win over the file', () => {
  const metadata = metadataOf(plain, { task: 'detect', names: ['x', 'y'], imgsz: [96, 128] });
  assert.equal(metadata.task, 'detect');
  assert.deepEqual(
    metadata.names,
    new Map([
      [0, 'x'],
      [1, 'y'],
    ]),
  );
  assert.deepEqual(metadata.imgsz, [96, 128]);
});

test('refuses overrides that make no sense', () => {
  assert.throws(() => metadataOf(plain, { names: [] }), EigenfleetError);
  assert.throws(() => metadataOf(plain, { imgsz: [0, 640] }), /--imgsz/);
});
