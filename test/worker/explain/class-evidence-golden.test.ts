import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import sharp from 'sharp';
import type { LetterboxGeometry } from '../../../src/shared/run/letterbox-geometry.ts';
import { classEvidence } from '../../../src/worker/explain/class-evidence.ts';
import { repositoryRoot } from '../../support/cache-folder.ts';
import { type EvidenceRun, runEvidence } from '../../support/evidence.ts';
import { correlation, fixtureModel, planar, trainedModel } from '../../support/explainer.ts';
import { readNpz } from '../../support/npz.ts';

const expected = readNpz(join(repositoryRoot, 'test/golden/evidence/expected.npz'));
const picture = readNpz(join(repositoryRoot, 'test/golden/cam/BloodImage_00007.npz'));
const pixels = planar(picture.get('pixels_hwc')!.data as Uint8Array);
/** 640 x 480 pixels in 320 x 320. */
const letterbox: LetterboxGeometry = {
  ...{ width: 640, height: 480, newWidth: 320, newHeight: 240 },
  ...{ left: 0, top: 40, inputWidth: 320, inputHeight: 320 },
};

function evidenceOf({ loaded, outputs }: EvidenceRun, geometry: LetterboxGeometry) {
  const { inputHeight, inputWidth } = loaded.model;
  const options = { classes: ['all'], padding: 'exclude' as const };
  const settings = { input: { inputHeight, inputWidth }, options };
  const nothing = { detections: [], classScores: [] };
  return classEvidence(outputs.evidence, nothing, { geometry, settings }) ?? [];
}

for (const name of ['tiny-det', 'tiny-seg', 'tiny-pose', 'tiny-obb', 'bccd']) {
  it(`the evidence of every class of ${name} is what NumPy makes of its raw output`, async () => {
    const path = name === 'bccd' ? trainedModel : fixtureModel(name);
    const evidence = evidenceOf(await runEvidence(path, pixels), letterbox);
    assert.equal(evidence.length, 3);
    for (const { classId, map, gridHeight, gridWidth, high } of evidence) {
      const reference = expected.get(`${name}_class_${classId}`)!;
      assert.deepEqual([gridHeight, gridWidth], reference.shape);
      assert.ok(1 - correlation(map, reference.data) <= 1e-6);
      const greatest = Math.max(...reference.data);
      assert.ok(Math.abs(high - greatest) <= 1e-4 * greatest, `${high}, not ${greatest}`);
    }
  });
}

for (const name of ['tiny-det-nms', 'tiny-det-batch4', 'tiny-det-opset12-raw']) {
  it(`${name} has the evidence of tiny-det, before suppression and in every kind of export`, async () => {
    const evidence = evidenceOf(await runEvidence(fixtureModel(name), pixels), letterbox);
    assert.equal(evidence.length, 3);
    for (const { classId, map } of evidence) {
      const reference = expected.get(`tiny-det_class_${classId}`)!;
      assert.ok(1 - correlation(map, reference.data) <= 1e-6);
    }
  });
}

it('the activation maps of a classifier are those of PyTorch, and their mean with the bias is the logit', async () => {
  const file = join(repositoryRoot, 'test/golden/classify/BloodImage_00007_0.64x64.png');
  const crop = await sharp(readFileSync(file)).removeAlpha().raw().toBuffer();
  const run = await runEvidence(fixtureModel('tiny-cls'), planar(Uint8Array.from(crop)));
  const seen: LetterboxGeometry = {
    ...{ width: 64, height: 64, newWidth: 64, newHeight: 64 },
    ...{ left: 0, top: 0, inputWidth: 64, inputHeight: 64 },
  };
  const evidence = evidenceOf(run, seen);
  assert.equal(evidence.length, 3);
  for (const { classId, layer, map } of evidence) {
    assert.equal(layer, 'model.9');
    const reference = expected.get(`tiny-cls_class_${classId}`)!.data;
    assert.ok(1 - correlation(map, reference) <= 1e-6);
    const mean = map.reduce((sum, value) => sum + value, 0) / map.length;
    const logit = mean + expected.get('tiny-cls_bias')!.data[classId]!;
    assert.ok(Math.abs(logit - expected.get('tiny-cls_logits')!.data[classId]!) < 1e-4);
  }
});
