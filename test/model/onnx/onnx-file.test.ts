import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TensorProto_DataLocation } from 'onnx-buf';
import { decodeOnnx } from '../../../src/model/onnx/onnx-file.ts';
import { EigenfleetError } from '../../../src/shared/errors.ts';
import { editModel, modelFixture } from '../../support/onnx-fixture.ts';

const whole = modelFixture('tiny-cls.onnx');

function refused(bytes: Uint8Array, name: string, sentence: RegExp): void {
  assert.throws(
    () => decodeOnnx(bytes, name),
    (error) =>
      error instanceof EigenfleetError && error.code === 'model' && sentence.test(error.message),
  );
}

test('decodes a model without copying its weights', () => {
  const file = decodeOnnx(whole, 'tiny-cls.onnx');
  assert.equal(file.opset, 18);
  assert.equal(file.metadata.get('task'), 'classify');
  assert.deepEqual(
    file.inputs.map((input) => input.name),
    ['images'],
  );
  const weights = file.graph.initializer.reduce((a, b) =>
    a.rawData.length > b.rawData.length ? a : b,
  );
  assert.ok(weights.rawData.length > 500_000);
  assert.equal(weights.rawData.buffer, whole.buffer);
});

test('leaves weights out of the inputs where an old file lists them there', () => {
  const old = editModel(whole, ({ graph }) => {
    const [image] = graph?.input ?? [];
    const [weight] = graph?.initializer ?? [];
    if (image && weight) graph?.input.push({ ...image, name: weight.name });
  });
  assert.deepEqual(
    decodeOnnx(old, 'old.onnx').inputs.map((input) => input.name),
    ['images'],
  );
});

test('says that an empty file is empty', () => {
  refused(new Uint8Array(0), 'best.onnx', /^best\.onnx is empty \(0 bytes\)/);
});

test('says how long a truncated file should be', () => {
  for (const share of [0.001, 0.1, 0.5, 0.9]) {
    const cut = whole.subarray(0, Math.floor(whole.length * share));
    refused(
      cut,
      'best.onnx',
      new RegExp(`cut short: it announces at least \\d+ bytes and has ${cut.length}\\.`),
    );
  }
});

test('refuses a file cut anywhere before its metadata, also between two fields', () => {
  const model = editModel(whole, (proto) => {
    proto.metadataProps = [];
    if (proto.graph) proto.graph.initializer = [];
  });
  for (let length = 1; length < model.length; length += length < model.length - 200 ? 97 : 1) {
    assert.throws(
      () => decodeOnnx(model.subarray(0, length), 'cut.onnx'),
      EigenfleetError,
      `${length} bytes`,
    );
  }
  assert.equal(decodeOnnx(model, 'whole.onnx').opset, 18);
});

test('says that a damaged file is damaged', () => {
  const zeros = new Uint8Array(whole);
  zeros.fill(0, 20, 4000);
  refused(zeros, 'best.onnx', /^best\.onnx is (damaged|cut short)/);
  const tail = new Uint8Array(whole.length + 10);
  tail.set(whole);
  refused(tail, 'best.onnx', new RegExp(`damaged at byte ${whole.length} of`));
});

const foreign: [what: string, bytes: Uint8Array, name: string, sentence: RegExp][] = [
  [
    'a PyTorch checkpoint',
    Buffer.from('PK\x03\x04....best/data.pkl....'),
    'best.onnx',
    /PyTorch checkpoint.*yolo export model=best\.pt format=onnx/,
  ],
  [
    'a .pt file',
    Buffer.from('PK\x03\x04........'),
    'runs/best.pt',
    /yolo export model=runs\/best\.pt format=onnx/,
  ],
  ['an old checkpoint', Buffer.from([0x80, 0x02, 0x8a, 0x0a]), 'old.pt', /pickle.*yolo export/],
  ['a zip archive', Buffer.from('PK\x03\x04....readme.txt'), 'model.zip', /zip archive/],
  ['a web page', Buffer.from('<!DOCTYPE html><html>Sign in</html>'), 'best.onnx', /web page/],
  [
    'a Git LFS pointer',
    Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:00'),
    'best.onnx',
    /git lfs pull/,
  ],
  ["ONNX Runtime's own format", Buffer.from('\x18\0\0\0ORTM\0\0'), 'best.ort', /\(ORT\).*made of/],
  ['an engine', Buffer.from('ftrt\0\0\0\0'), 'best.engine', /TensorRT engine/],
  [
    'an engine with metadata',
    Buffer.from('\x1e\0\0\0{"description": "YOLO"}ftrt\0\0'),
    'best.engine',
    /TensorRT engine/,
  ],
  [
    'an OpenVINO model',
    Buffer.from('<?xml version="1.0"?>\n<net name="Model0" version="11">'),
    'best.xml',
    /OpenVINO model.*yolo export/,
  ],
  ['a TensorFlow Lite model', Buffer.from('\x1c\0\0\0TFL3\0'), 'best.tflite', /TensorFlow Lite/],
  ['an ExecuTorch program', Buffer.from('\x30\0\0\0ET12\0'), 'best.pte', /ExecuTorch/],
  ['a Keras file', Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'), 'best.h5', /HDF5/],
  [
    'bare weights',
    Buffer.from('\x40\0\0\0\0\0\0\0{"model.0.conv.weight":{'),
    'best.safetensors',
    /safetensors file, weights without a graph/,
  ],
  ['an NCNN model', Buffer.from('7767517\n175 206\nInput in0'), 'model.ncnn.param', /NCNN/],
  ['a text file', Buffer.from('names: [a, b]\n'), 'data.yaml', /text file/],
  ['a JPEG', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 74, 70]), 'a.jpg', /not an ONNX file/],
];

for (const [what, bytes, name, sentence] of foreign) {
  test(`knows ${what}`, () => refused(bytes, name, sentence));
}

test('does not follow weights out of the folder of the model', () => {
  for (const location of ['../secret.bin', '/etc/passwd', 'C:\\weights', 'a/../../b', '']) {
    refused(withExternalWeights(location), 'best.onnx', /outside its own folder/);
  }
  assert.deepEqual(decodeOnnx(withExternalWeights('best.onnx.data'), 'best.onnx').externalFiles, [
    'best.onnx.data',
  ]);
});

function withExternalWeights(location: string): Uint8Array {
  return editModel(whole, ({ graph }) => {
    const tensor = graph?.initializer[0];
    if (tensor === undefined) return;
    tensor.rawData = new Uint8Array(0);
    tensor.dataLocation = TensorProto_DataLocation.EXTERNAL;
    tensor.externalData = [
      { $typeName: 'onnx.StringStringEntryProto', key: 'location', value: location },
    ];
  });
}
