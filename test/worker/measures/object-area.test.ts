import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunLengths } from '../../../src/shared/run/coco-rle.ts';
import { objectArea } from '../../../src/worker/measures/object-area.ts';

const image = { width: 100, height: 50 };
const plain = { box: [10, 10, 30, 20], score: 0.5, classId: 0 } as const;

test('the area of an object is that of its mask, of its rotated box in the image, or of its box', () => {
  assert.equal(objectArea(plain, image), 200);
  const runs = new RunLengths(image);
  runs.add(10, 12, 20);
  runs.add(11, 12, 15);
  assert.equal(objectArea({ ...plain, mask: { polygons: [], rle: runs.encode() } }, image), 11);
  const rotated = { centerX: 50, centerY: 25, width: 20, height: 6, angle: 1 };
  assert.ok(Math.abs(objectArea({ ...plain, rotated }, image) - 120) < 1e-9);
  // Its middle lies on the edge: half is outside.
  assert.ok(
    Math.abs(objectArea({ ...plain, rotated: { ...rotated, centerX: 0 } }, image) - 60) < 1e-9,
  );
});
