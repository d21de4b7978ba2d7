import assert from 'node:assert/strict';
import { it } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { type NodeProto, NodeProtoSchema, TensorProto_DataType } from 'onnx-buf';
import { augmentModel } from '../../../src/model/session/augmented-graph.ts';
import { createExplainSession } from '../../../src/model/session/explain-session.ts';
import { readYoloModel } from '../../../src/model/yolo/yolo-model.ts';
import {
  editModel,
  modelFixture,
  sketchModel,
  withMetadata,
  withoutMetadata,
} from '../../support/onnx-fixture.ts';

it('takes no angle or keypoint for the score of a class where the file names neither task nor classes', () => {
  for (const name of ['tiny-obb.onnx', 'tiny-pose.onnx']) {
    const bytes = withoutMetadata(modelFixture(name));
    const sentence =
      /names no task and its output \[1, \d+, \d+\] fits several: choose with --task/;
    assert.throws(() => readYoloModel(bytes, { name }), sentence);
  }
});

it('tells an angle by the number of classes that the file names', () => {
  const bytes = withMetadata(modelFixture('tiny-obb.onnx'), { task: undefined });
  assert.equal(readYoloModel(bytes, { name: 'best.onnx' }).task, 'obb');
});

it('refuses to read as scores what follows them where the task is declared detect', () => {
  for (const name of ['tiny-obb.onnx', 'tiny-pose.onnx', 'tiny-seg.onnx']) {
    const bytes = withMetadata(modelFixture(name), { task: 'detect' });
    const sentence =
      /declared a detect model, but more than class scores follows .*--task to segment, pose or obb/;
    assert.throws(() => readYoloModel(bytes, { name }), sentence);
  }
});

it('refuses to read the scores of the last class as angles where the task is declared obb', () => {
  const bytes = withMetadata(modelFixture('tiny-det.onnx'), { task: 'obb' });
  assert.throws(
    () => readYoloModel(bytes, { name: 'best.onnx' }),
    /declared an obb model, but its output output0 is .*: set the right task/,
  );
});

it('says that the classes must be named where a pose model is read without its metadata', () => {
  const bytes = withoutMetadata(modelFixture('tiny-pose.onnx'));
  assert.throws(
    () => readYoloModel(bytes, { name: 'best.onnx', overrides: { task: 'pose' } }),
    /--names/,
  );
});

it('asks for the task of finished rows that are wider than those of boxes, and reads them when it is told', () => {
  const bytes = withoutMetadata(modelFixture('zoo-26-obb-nms.onnx'));
  assert.throws(
    () => readYoloModel(bytes, { name: 'best.onnx' }),
    /names no task, and its output \[1, 300, 7\] has finished rows .*--task obb or pose, and name the classes with --names/,
  );
  const { task, headLayout } = readYoloModel(bytes, {
    ...{ name: 'best.onnx', overrides: { task: 'obb' } },
  });
  assert.deepEqual([task, headLayout.kind], ['obb', 'obb-rows']);
});

it('refuses to read keypoints as scores and an angle where the classes have no names', () => {
  const overrides = { task: 'obb' } as const;
  const pose = withoutMetadata(modelFixture('tiny-pose.onnx'));
  assert.throws(
    () => readYoloModel(pose, { name: 'best.onnx', overrides }),
    /declared an obb model, but its output .*set the right task with --task/,
  );
  const obb = withoutMetadata(modelFixture('tiny-obb.onnx'));
  assert.equal(readYoloModel(obb, { name: 'best.onnx', overrides }).task, 'obb');
});

it('finds the prototypes of masks beside layers that are outputs too', () => {
  const bytes = editModel(modelFixture('tiny-seg.onnx'), ({ graph }) => {
    const name = '/model.15/cv2/act/Mul_output_0';
    const layer = graph?.valueInfo.find((info) => info.name === name) ?? assert.fail();
    graph?.output.unshift(layer);
  });
  const { headLayout } = readYoloModel(bytes, { name: 'best.onnx' });
  assert.equal(headLayout.kind === 'segment' && headLayout.prototypes.output, 'output1');
});

it('says that a declared segment model has no prototypes', () => {
  const bytes = withMetadata(modelFixture('tiny-det.onnx'), { task: 'segment' });
  assert.throws(
    () => readYoloModel(bytes, { name: 'best.onnx' }),
    /declared a segment model and has no mask prototypes.*set the right task with --task, or export/,
  );
});

it('reads a classifier that answers on a grid of one cell, and not one that answers with its best classes alone', async () => {
  const outputs = { scores: [1, 2, 1, 1], classes: [1, 2, 1, 1] } as const;
  const nodes = [
    ['/model.0/Conv', 'Relu', 'images', 'a'],
    ['/model.1/Pool', 'GlobalAveragePool', 'a', 'scores'],
  ] as const;
  const metadata = { task: 'classify' };
  const onCell = sketchModel({ nodes, outputs: { scores: outputs.scores }, metadata });
  const { headLayout } = readYoloModel(onCell, { name: 'best.onnx' });
  assert.deepEqual(headLayout, {
    ...{ kind: 'classify', output: 'scores', elemType: 'float32', classes: 2, onCell: true },
  });
  const best = editModel(
    sketchModel({ nodes: [...nodes, ['/model.1/Top', 'Cast', 'a', 'classes']], outputs, metadata }),
    ({ graph }) => {
      const type = graph?.output[1]?.type?.value;
      if (type?.case === 'tensorType') type.value.elemType = TensorProto_DataType.INT64;
    },
  );
  assert.throws(
    () => readYoloModel(best, { name: 'best.onnx' }),
    /answers with its best classes alone \(scores \[1, 2, 1, 1\]\)/,
  );
});

it('adds the softmax of a classifier that ends before it, and no other', async () => {
  const whole = modelFixture('tiny-cls.onnx');
  const ending = (close: (last: string) => NodeProto[]) =>
    editModel(whole, ({ graph }) => {
      const softmax = graph?.node.find(({ opType }) => opType === 'Softmax') ?? assert.fail();
      const last = graph?.node.find(({ output }) => output[0] === softmax.input[0]);
      graph?.node.splice(graph.node.indexOf(softmax), 1, ...close(softmax.input[0] ?? ''));
      assert.equal(last?.opType, 'Gemm');
    });
  const node = (opType: string, ...input: string[]) =>
    create(NodeProtoSchema, { name: `/model.9/${opType}`, opType, input, output: ['output0'] });
  const logits = ending((last) => [node('Identity', last)]);
  const layoutOf = (bytes: Uint8Array) => {
    const { headLayout, warnings } = readYoloModel(bytes, { name: 'best.onnx' });
    return [headLayout.kind === 'classify' && headLayout.logits, warnings.length];
  };
  assert.deepEqual(layoutOf(logits), [true, 1]);
  assert.deepEqual(layoutOf(whole), [undefined, 0]);
  assert.deepEqual(layoutOf(ending((last) => [node('Sigmoid', last)])), [undefined, 0]);
  const answers = await Promise.all(
    [whole, logits].map(async (bytes) => {
      const facts = readYoloModel(bytes, { name: 'best.onnx' });
      const augmented = augmentModel(bytes, facts, { layers: [], components: 1, device: 'cpu' });
      const session = await createExplainSession({ augmented, device: 'cpu', threads: 1 });
      const { inputChannels, inputHeight, inputWidth } = facts;
      const pixels = Uint8Array.from(
        { length: inputChannels * inputHeight * inputWidth },
        (_, at) => (7 * at) % 256,
      );
      const { head } = await session.run({ pixels, masks: [] });
      await session.release();
      return head.arrays;
    }),
  );
  assert.deepEqual(answers[1], answers[0]);
});
