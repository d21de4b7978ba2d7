import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TensorProto_DataType } from 'onnx-buf';
import type { ModelOverrides } from '../../../src/model/metadata/ultralytics-metadata.ts';
import { classNameOf, readYoloModel, type YoloModel } from '../../../src/model/yolo/yolo-model.ts';
import { EigenfleetError } from '../../../src/shared/errors.ts';
import {
  editModel,
  modelFixture,
  sketchModel,
  withMetadata,
  withoutMetadata,
} from '../../support/onnx-fixture.ts';

function read(bytes: Uint8Array, overrides: ModelOverrides = {}): YoloModel {
  return readYoloModel(bytes, { name: 'best.onnx', overrides });
}

function refused(
  bytes: Uint8Array,
  overrides: ModelOverrides,
  code: string,
  sentence: RegExp,
): void {
  assert.throws(
    () => read(bytes, overrides),
    (error) =>
      error instanceof EigenfleetError && error.code === code && sentence.test(error.message),
  );
}

const plainDetect = {
  kind: 'detect',
  output: 'output0',
  elemType: 'float32',
  classes: 3,
  extra: 0,
  anchors: 2100,
};

const fixtures: [file: string, expected: Partial<YoloModel>][] = [
  [
    'tiny-det',
    { task: 'detect', batch: 1, dynamicSize: false, opset: 18, headLayout: plainDetect as never },
  ],
  ['tiny-det-batch4', { batch: 4, headLayout: plainDetect as never }],
  ['tiny-det-fp16', { inputElemType: 'float32', headLayout: plainDetect as never }],
  ['tiny-det-opset12-raw', { opset: 12, headLayout: plainDetect as never }],
  [
    'tiny-det-dynamic',
    {
      batch: 'dynamic',
      dynamicSize: true,
      headLayout: { ...plainDetect, anchors: 'dynamic' } as never,
    },
  ],
  [
    'tiny-det-nms',
    {
      task: 'detect',
      headLayout: {
        kind: 'nms',
        output: 'output0',
        elemType: 'float32',
        rows: 300,
        columns: 6,
        extra: 0,
        classes: 3,
      },
    },
  ],
  [
    'tiny-seg',
    {
      task: 'segment',
      headLayout: {
        ...{ ...plainDetect, kind: 'segment', extra: 32 },
        prototypes: { output: 'output1', elemType: 'float32', count: 32 },
      } as never,
    },
  ],
  [
    'tiny-pose',
    { task: 'pose', headLayout: { ...plainDetect, kind: 'pose', extra: 15, numbers: 3 } as never },
  ],
  ['tiny-obb', { task: 'obb', headLayout: { ...plainDetect, kind: 'obb', extra: 1 } as never }],
];

for (const [file, expected] of fixtures) {
  test(`reads ${file}`, () => {
    const model = read(modelFixture(`${file}.onnx`));
    assert.deepEqual({ ...model, ...expected }, model);
    assert.deepEqual(model.classNames, ['RBC', 'WBC', 'Platelets']);
    assert.deepEqual([model.inputName, model.inputHeight, model.inputWidth], ['images', 320, 320]);
    assert.deepEqual(model.warnings, []);
    assert.match(model.description, /^Ultralytics YOLOv8n/);
  });
}

test('reads a classifier', () => {
  const model = read(modelFixture('tiny-cls.onnx'));
  assert.equal(model.task, 'classify');
  assert.deepEqual(model.headLayout, {
    kind: 'classify',
    output: 'output0',
    elemType: 'float32',
    classes: 3,
  });
  assert.deepEqual(model.classNames, ['Platelets', 'RBC', 'WBC']);
});

test('refuses images whose channels come last, with advice', () => {
  const nodes = [['/model.0/Relu', 'Relu', 'images', 'a']] as const;
  for (const inputShape of [
    [1, 64, 64, 3],
    ['batch', 64, 64, 3],
    [1, 'height', 'width', 3],
  ]) {
    const bytes = sketchModel({ nodes, inputShape, outputs: { a: [1, 2] } });
    assert.throws(() => read(bytes, { task: 'none' }), /channels come last: .*channels first/);
  }
});

test('is plain data that can go to another thread', () => {
  const model = read(modelFixture('tiny-det.onnx'));
  assert.deepEqual(structuredClone(model), model);
});

test('infers the task from the shapes where the file does not say it', () => {
  for (const [file, task] of [
    ['tiny-det', 'detect'],
    ['tiny-cls', 'classify'],
    ['tiny-seg', 'segment'],
    ['tiny-det-nms', 'detect'],
  ]) {
    const model = read(withoutMetadata(modelFixture(`${file}.onnx`)));
    assert.equal(model.task, task);
    assert.match(model.warnings.join(' '), /Set --task/);
  }
});

test('names classes that have no name by their number', () => {
  const detect = modelFixture('tiny-det.onnx');
  assert.deepEqual(read(withoutMetadata(detect)).classNames, ['class 0', 'class 1', 'class 2']);
  const partly = read(withMetadata(detect, { names: "{0: 'a', 2: 'c', 9: 'far'}" }));
  assert.deepEqual(partly.classNames, ['a', 'class 1', 'c']);
  assert.match(
    partly.warnings.join(' '),
    /names 2 of the 3 classes of its head, the others get the name "class N", 1 more/,
  );
  assert.equal(classNameOf(partly.classNames, 7), 'class 7');
});

test('takes --names only when it has one name for each class', () => {
  const bytes = withoutMetadata(modelFixture('tiny-det.onnx'));
  assert.deepEqual(read(bytes, { names: ['a', 'b', 'c'] }).classNames, ['a', 'b', 'c']);
  refused(bytes, { names: ['a', 'b'] }, 'usage', /gives 2 names, but best\.onnx has 3 classes/);
});

test('takes --imgsz only where the size is open and a multiple of the stride', () => {
  const open = modelFixture('tiny-det-dynamic.onnx');
  const model = read(open, { imgsz: [256, 320] });
  assert.deepEqual([model.inputHeight, model.inputWidth], [256, 320]);
  refused(
    open,
    { imgsz: [300, 320] },
    'usage',
    /--imgsz 300 is not a multiple of the stride 32 .*use 320/,
  );
  refused(withoutMetadata(open), {}, 'usage', /--imgsz 640/);
  refused(modelFixture('tiny-det.onnx'), { imgsz: [640, 640] }, 'usage', /fixed at 320x320/);
  assert.equal(read(modelFixture('tiny-det.onnx'), { imgsz: [320, 320] }).inputHeight, 320);
});

test('refuses a task that the outputs contradict', () => {
  refused(
    modelFixture('tiny-cls.onnx'),
    { task: 'detect' },
    'model',
    /declared a detect model.*\[1, 3\].*--task/,
  );
  refused(
    modelFixture('tiny-det.onnx'),
    { task: 'classify' },
    'model',
    /declared a classify model.*\[1, 7, 2100\]/,
  );
});

test('asks for the task where embedded NMS hides it', () => {
  const bytes = sketchModel({
    nodes: [
      ['/model.0/conv/Conv', 'Conv', 'images', 'a'],
      ['/model.1/Concat', 'Concat', 'a', 'output0'],
    ],
    outputs: { output0: [1, 300, 38] },
    metadata: { args: "{'nms': True}" },
  });
  refused(bytes, {}, 'model', /\[1, 300, 38\].*--task/);
});

test('takes embedded NMS without metadata by its six columns', () => {
  const bytes = withoutMetadata(modelFixture('tiny-det-nms.onnx'));
  const model = read(bytes);
  assert.equal(model.headLayout.kind, 'nms');
  assert.deepEqual(model.classNames, []);
});

const notYolo: [what: string, sketch: Parameters<typeof sketchModel>[0], sentence: RegExp][] = [
  [
    'a classifier of another family',
    { nodes: [['/layer1/Conv', 'Conv', 'images', 'logits']], outputs: { logits: [1, 1000] } },
    /not a YOLO export/,
  ],
  [
    'a text model',
    {
      nodes: [['a', 'Gather', 'images', 'b']],
      inputShape: [1, 'tokens'],
      inputType: TensorProto_DataType.INT64,
      outputs: { b: [1, 768] },
    },
    /images int64 \[1, dynamic\], not one image/,
  ],
  [
    'an image without a batch axis',
    {
      nodes: [['a', 'Relu', 'images', 'b']],
      inputShape: [3, 64, 64],
      outputs: { b: [1, 768] },
    },
    /float32 \[3, 64, 64\], not one image .*Export it with a batch axis in front/,
  ],
  [
    'a model whose channels come last',
    { nodes: [['a', 'Conv', 'images', 'b']], inputShape: [1, 64, 64, 3], outputs: { b: [1, 10] } },
    /not a YOLO model for images: it takes images float32 \[1, 64, 64, 3\]/,
  ],
  [
    'an image-to-image model',
    { nodes: [['/model.0/Conv', 'Conv', 'images', 'b']], outputs: { b: [1, 3, 64, 64] } },
    /neither detections nor class probabilities/,
  ],
  [
    'YOLOv5',
    { nodes: [['/model.0/Conv', 'Conv', 'images', 'b']], outputs: { b: [1, 25200, 85] } },
    /another layout than YOLOv8/,
  ],
  [
    'a detector whose axes were exchanged',
    {
      nodes: [['/model.0/Conv', 'Conv', 'images', 'b']],
      outputs: { b: [1, 2100, 7] },
      metadata: { task: 'detect', names: "{0: 'a', 1: 'b', 2: 'c'}" },
    },
    /axes of its output b \[1, 2100, 7\] exchanged, and \[batch, 4 \+ classes, anchors\] is .*as Ultralytics does/,
  ],
  [
    'a detector with boxes and scores apart',
    {
      nodes: [['/model.0/Conv', 'Conv', 'images', 'boxes']],
      outputs: { boxes: [1, 4, 2100], scores: [1, 3, 2100] },
    },
    /boxes and scores in outputs of their own \(boxes \[1, 4, 2100\], scores \[1, 3, 2100\]\)/,
  ],
  [
    'a detector whose boxes the host decodes',
    {
      nodes: [['/model.0/Conv', 'Conv', 'images', 'p3']],
      outputs: { p3: [1, 67, 40, 40], p4: [1, 67, 20, 20], p5: [1, 67, 10, 10] },
      metadata: { task: 'detect' },
    },
    /features that boxes are still to be decoded from \(p3 \[1, 67, 40, 40\], p4/,
  ],
  [
    'a model of doubles',
    {
      nodes: [['/model.0/Conv', 'Conv', 'images', 'b']],
      inputType: TensorProto_DataType.DOUBLE,
      outputs: { b: [1, 7, 2100] },
    },
    /takes images as (double|float64) numbers, and float32, float16 and uint8 can be given/,
  ],
];

for (const [what, sketch, sentence] of notYolo) {
  test(`says that ${what} is not a YOLO model it can read`, () => {
    refused(sketchModel(sketch), {}, 'model', sentence);
  });
}

test('takes a model of float16 input', () => {
  const half = editModel(modelFixture('tiny-cls.onnx'), ({ graph }) => {
    for (const value of [...(graph?.input ?? []), ...(graph?.output ?? [])]) {
      if (value.type?.value.case === 'tensorType')
        value.type.value.value.elemType = TensorProto_DataType.FLOAT16;
    }
  });
  const model = read(half);
  assert.equal(model.inputElemType, 'float16');
  assert.equal(model.headLayout.elemType, 'float16');
});
