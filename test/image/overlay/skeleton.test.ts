import assert from 'node:assert/strict';
import { test } from 'node:test';
import { visibleSkeleton } from '../../../src/image/overlay/skeleton.ts';
import type { Keypoint } from '../../../src/shared/run/detection.ts';

const image = { width: 100, height: 100 };
const points = (count: number): Keypoint[] =>
  Array.from({ length: count }, (_, i) => ({ x: 10 + i, y: 20 + i, visibility: 0.9 }));

test("COCO's 17 keypoints are joined by 19 limbs, other numbers by none", () => {
  const { points: drawn, limbs } = visibleSkeleton(points(17), image);
  assert.deepEqual([drawn.length, limbs.length], [17, 19]);
  // Left knee to left ankle.
  const shins = limbs.filter(([from, to]) => from.x === 10 + 15 && to.x === 10 + 13);
  assert.equal(shins.length, 1);
  assert.deepEqual(visibleSkeleton(points(5), image).limbs, []);
  assert.equal(visibleSkeleton(points(5), image).points.length, 5);
});

test('a keypoint below a visibility of 0.25 is left out with its limbs', () => {
  const nose = points(17).map((one, i) => (i === 0 ? { ...one, visibility: 0.24 } : one));
  const { points: drawn, limbs } = visibleSkeleton(nose, image);
  assert.deepEqual([drawn.length, limbs.length], [16, 17]);
});

test('a keypoint outside or on the edge of the image is left out', () => {
  const [one] = points(1);
  assert.ok(one);
  for (const place of [{ x: 0 }, { y: 0 }, { x: 100 }, { y: 100 }, { x: -3 }, { x: 140 }]) {
    assert.deepEqual(visibleSkeleton([{ ...one, ...place }], image).points, []);
  }
});
