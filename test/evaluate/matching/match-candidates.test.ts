import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { iouThresholds } from '../../../src/evaluate/matching/iou-thresholds.ts';
import { labelMap } from '../../../src/evaluate/matching/label-map.ts';
import { matchCandidates } from '../../../src/evaluate/matching/match-candidates.ts';
import { readValFixture } from '../../support/val-fixture.ts';

/** Of Ultralytics' arrays, by form. */
const keys = { box: 'tp', rotated: 'tp', mask: 'tp_mask', keypoints: 'tp_keypoints' } as const;

describe('candidates and labels', () => {
  for (const name of ['bccd', 'tiny-seg', 'tiny-pose', 'tiny-obb']) {
    it(`are matched as val of Ultralytics matched those of ${name}, at all ten thresholds`, () => {
      const { images, shape } = readValFixture(name);
      const wrong: Record<string, number> = {};
      let positives = 0;
      for (const { candidates, objects, geometry, tp } of images) {
        const { forms } = matchCandidates(candidates, { objects, geometry }, shape);
        for (const { form, bits, lacking } of forms) {
          assert.equal(lacking, 0);
          const expected = tp[keys[form]]!;
          for (let i = 0; i < 10 * candidates.count; i++) {
            const isPositive = (bits[Math.floor(i / 10)]! >> (i % 10)) & 1;
            positives += expected[i]!;
            if (isPositive !== expected[i]) wrong[form] = (wrong[form] ?? 0) + 1;
          }
        }
      }
      assert.ok(positives > 200, `${positives} true positives`);
      assert.deepEqual(wrong, {});
    });
  }

  it('reach thresholds that are those of torch, to the last bit', () => {
    const torch = [0.5, 0.550000011920929, 0.6000000238418579, 0.6499999761581421];
    assert.deepEqual([...iouThresholds.subarray(0, 4)], torch);
  });
});

describe('the masks of labels', () => {
  it('are those that Ultralytics made with OpenCV, cell for cell', () => {
    const { images } = readValFixture('tiny-seg');
    const different = images.map(({ objects, geometry, labelMask }) => {
      const { cells } = labelMap(objects, geometry, [80, 80]);
      let count = 0;
      for (let i = 0; i < 6400; i++) {
        if (cells[(i % 80) * 80 + Math.floor(i / 80)] !== labelMask?.[i]) count += 1;
      }
      return count;
    });
    assert.deepEqual(different, [0, 0, 0, 0, 0]);
  });
});
