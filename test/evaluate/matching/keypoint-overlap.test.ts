import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keypointOverlaps } from '../../../src/evaluate/matching/keypoint-overlap.ts';

/** Of three points the last is not labeled. */
const label = {
  keypoints: Float32Array.of(10, 10, 2, 30, 20, 1, 5, 5, 0),
  areas: Float32Array.of(212),
};
const candidate = Float32Array.of(12, 11, 1, 30, 26, 1, 0, 0, 1);

/** As `kpt_iou` of Ultralytics 8.4.190 has it, with torch 2.15. */
const references = { usual: 0.89996, own: 0.44786 };

function similarity(sigmas?: readonly number[]): number {
  return keypointOverlaps(label, candidate, 3, sigmas)[0] ?? Number.NaN;
}

describe('the similarity of keypoints', () => {
  it("takes the dataset's own sigmas where it gives one for each point", () => {
    assert.ok(Math.abs(similarity([0.05, 0.2, 0.1]) - references.own) < 5e-6);
  });

  it('takes 1 / points without any, and where they are of other points', () => {
    assert.ok(Math.abs(similarity() - references.usual) < 5e-6);
    assert.equal(similarity([0.05, 0.2]), similarity());
  });
});
