import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rotatedCorners } from '../../../src/shared/run/rotated-corners.ts';

test("corners are Ultralytics' xywhr2xyxyxyxy, clockwise turned by the angle", () => {
  const box = { centerX: 100, centerY: 50, width: 40, height: 20, angle: Math.PI / 2 };
  // Turned by a quarter: 20 wide and 40 high.
  const rounded = rotatedCorners(box).map(([x, y]) => [Math.round(x), Math.round(y)]);
  assert.deepEqual(rounded, [
    [90, 70],
    [110, 70],
    [110, 30],
    [90, 30],
  ]);
  assert.deepEqual(rotatedCorners({ ...box, angle: 0 })[0], [120, 60]);
});
