import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { headOf } from '../../src/model/head/heads.ts';
import { readYoloModel } from '../../src/model/yolo/yolo-model.ts';
import { repositoryRoot } from '../support/cache-folder.ts';
import { correlation, type Explainer, fixtureModel, openExplainer } from '../support/explainer.ts';
import { readNpz } from '../support/npz.ts';
import { editModel, modelFixture, withMetadata, withoutMetadata } from '../support/onnx-fixture.ts';
import { prepareImage } from '../support/prepare-image.ts';

const folder = 'examples/blood-cells/images/test';
const rules = { confThreshold: 0.05, iouThreshold: 0.7, maxDetections: 300 };

type Boxes = readonly (readonly number[])[];
interface Reference {
  readonly width: number;
  readonly height: number;
  readonly boxes: Boxes;
}

describe('a model whose decoder returns boxes as shares of a stretched image', () => {
  let explainer: Explainer;
  before(async () => {
    explainer = await openExplainer(fixtureModel('tiny-rtdetr'), { components: [1, 2], steps: 12 });
  });
  after(() => explainer.session.release());

  it('finds the boxes of Ultralytics, clipped to the image', async () => {
    const path = join(repositoryRoot, 'test/golden/detections/tiny-rtdetr.json');
    const golden: Record<string, Reference> = JSON.parse(readFileSync(path, 'utf8'));
    for (const [image, { boxes, width, height }] of Object.entries(golden)) {
      const file = join(repositoryRoot, folder, image);
      const { pixels, geometry } = await prepareImage(file, explainer.model, 'stretch');
      const [answer] = await explainer.explain(pixels);
      assert.equal(answer?.head.kind, 'queries');
      const { detections } = headOf(answer.head).decode(answer.head, geometry, rules);
      assert.equal(detections.length, boxes.length);
      for (const [left = 0, top = 0, right = 0, bottom = 0, score = 0, classId] of boxes) {
        const clip = (value: number, most: number) => Math.min(Math.max(value, 0), most);
        const box = [
          clip(left, width),
          clip(top, height),
          clip(right, width),
          clip(bottom, height),
        ];
        const same = detections.some(
          (one) =>
            one.classId === classId &&
            Math.abs(one.score - score) < 0.005 &&
            one.box.every((edge, i) => Math.abs(edge - box[i]!) < 1),
        );
        assert.ok(same, `${image}: ${box}, ${score}`);
      }
    }
  });

  it('has the maps of float64 SVD on the stretched image', async () => {
    const golden = readNpz(join(repositoryRoot, 'test/golden/cam/tiny-rtdetr.npz'));
    for (const image of ['BloodImage_00007.jpg', 'BloodImage_00011.jpg']) {
      const file = join(repositoryRoot, folder, image);
      const { pixels } = await prepareImage(file, explainer.model, 'stretch');
      const [answer] = await explainer.explain(pixels);
      explainer.layers.forEach(({ name }, index) => {
        const map = answer?.maps[index];
        assert.equal(map?.status, 'explained');
        const [first] = map.components;
        assert.equal(first?.status, 'found');
        const key = `${image}_${name}`.replaceAll('.', '_');
        const r = correlation(first.map, golden.get(key)?.data ?? assert.fail(`no ${key}`));
        assert.ok(1 - Math.abs(r) < 1e-5, `${key}: ${r}`);
      });
    }
  });

  it('is recognized by its structure where the file says nothing', () => {
    const bytes = modelFixture('tiny-rtdetr.onnx');
    const { preparation, headLayout } = readYoloModel(withoutMetadata(bytes), { name: 'm.onnx' });
    assert.equal(preparation, 'stretch');
    assert.equal(headLayout.kind, 'queries');
    const others = ['tiny-det', 'tiny-det-nms', 'tiny-det-fp16', 'tiny-det-opset12-raw'];
    for (const name of others) {
      const other = readYoloModel(modelFixture(`${name}.onnx`), { name });
      assert.equal(other.preparation, 'letterbox', name);
    }
  });

  it('is read in the older layout too, with the scores of all classes behind the box', () => {
    // As Ultralytics 8.3 wrote it: two parts, and no head in the metadata.
    const bytes = editModel(modelFixture('tiny-rtdetr.onnx'), ({ graph }) => {
      const last = graph?.node.find(({ output }) => output.includes('output0'));
      last?.input.splice(1, 2, 'scores');
      const columns = graph?.output[0]?.type?.value;
      assert.ok(columns?.case === 'tensorType');
      columns.value.shape!.dim[2]!.value = { case: 'dimValue', value: 7n };
    });
    const name = 'old.onnx';
    const { headLayout } = readYoloModel(withMetadata(bytes, { head: undefined }), { name });
    assert.ok(headLayout.kind === 'queries');
    assert.deepEqual([headLayout.finished, headLayout.classes], [false, 3]);
    const head = { kind: 'queries', columns: 7, finished: false } as const;
    const rows = Float32Array.of(0.5, 0.5, 0.5, 0.25, 0.1, 0.7, 0.2, 0.1, 0.1, 1, 1, 0.01, 0, 0.02);
    const geometry = { width: 200, height: 80, newWidth: 320, newHeight: 320, left: 0, top: 0 };
    const input = { ...geometry, inputWidth: 320, inputHeight: 320 };
    const answer = { ...head, arrays: { rows } };
    const { detections } = headOf(answer).decode(answer, input, rules);
    assert.deepEqual(
      detections.map(({ box, classId }) => ({ box, classId })),
      [{ box: [50, 30, 150, 50], classId: 1 }],
    );
    assert.equal(headOf(answer).faultOf(answer, rules), undefined);
    rows[5] = Number.NaN;
    assert.match(headOf(answer).faultOf(answer, rules) ?? '', /scores are not finite/);
  });
});
