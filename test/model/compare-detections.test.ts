import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareDetections, noDetections } from '../../bench/support/compare-detections.ts';
import { outlinesOverlap } from '../../bench/support/polygon-overlap.ts';

const limits = { confidence: 0.05, scoreTolerance: 0.01, sameObject: 0.98, sameCorner: 0 };
const image = { image: 'a.jpg', width: 100, height: 100 };
const reference = { ...image, boxes: [[0, 0, 10, 10, 0.9, 1]] };

describe('the comparison of real exports with a reference', () => {
  it('counts an object of another class once, though it is missing and extra', () => {
    const total = noDetections();
    const ours = [{ box: [0, 0, 10, 10], score: 0.9, classId: 0 }] as const;
    compareDetections(total, ours, reference, limits);
    assert.equal(total.objects, 1);
    assert.equal(total.differing, 1);
  });

  it('keeps the worst overlap and score of the objects that both have', () => {
    const total = noDetections();
    const ours = [{ box: [0, 0, 10, 9.9], score: 0.88, classId: 1 }] as const;
    compareDetections(total, ours, reference, limits);
    assert.deepEqual(total.differing, 0);
    assert.equal(total.overlap, 0.99);
    assert.ok(Math.abs(total.score - 0.02) < 1e-9);
  });

  it('pairs boxes in the same place by their scores', () => {
    const total = noDetections();
    const ours = [
      { box: [0, 0, 10, 10], score: 0.3, classId: 1 },
      { box: [0, 0, 10, 9.95], score: 0.9, classId: 1 },
    ] as const;
    const twice = { ...image, boxes: [...reference.boxes, [0, 0, 10, 10, 0.3, 1]] };
    compareDetections(total, ours, twice, limits);
    assert.deepEqual([total.differing, total.score], [0, 0]);
  });

  it('takes a small box for the same whose corners are one step of its numbers away', () => {
    const steps = (sameCorner: number) => {
      const total = noDetections();
      const ours = [{ box: [0, 0.25, 10, 10], score: 0.9, classId: 1 }] as const;
      compareDetections(total, ours, reference, { ...limits, sameCorner });
      return total.differing;
    };
    assert.deepEqual([0, 0.2, 0.25].map(steps), [1, 1, 0]);
  });

  it('leaves out what lies at the threshold', () => {
    const total = noDetections();
    const ours = [{ box: [50, 50, 60, 60], score: 0.055, classId: 1 }] as const;
    compareDetections(total, ours, { ...image, boxes: [] }, limits);
    assert.equal(total.differing, 0);
  });

  it('overlaps outlines by area, holes by the even-odd rule', () => {
    const square = (from: number, to: number) =>
      [
        [from, from],
        [to, from],
        [to, to],
        [from, to],
      ] as const;
    assert.equal(outlinesOverlap([square(0, 4)], [square(0, 4)]), 1);
    assert.equal(outlinesOverlap([square(0, 4), square(1, 3)], [square(0, 4)]), 0.75);
  });
});
