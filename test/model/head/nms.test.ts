import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nonMaximumSuppression } from '../../../src/model/head/nms.ts';

function keep(boxes: number[][], options: { classes?: number[]; iou?: number; max?: number } = {}) {
  return nonMaximumSuppression({
    boxes: Float32Array.from(boxes.flat()),
    scores: Float32Array.from(boxes, (_, index) => 0.9 - index / 100),
    classes: Int32Array.from(options.classes ?? boxes.map(() => 0)),
    iouThreshold: options.iou ?? 0.5,
    maxDetections: options.max ?? 300,
  });
}

describe('non-maximum suppression', () => {
  it('keeps the better of two boxes that overlap by more than the threshold', () => {
    // 10 x 10 and the same moved by 2: shared 80, union 120, IoU 2/3.
    const boxes = [
      [0, 0, 10, 10],
      [2, 0, 12, 10],
    ];
    assert.deepEqual(keep(boxes, { iou: 0.6 }), [0]);
    assert.deepEqual(keep(boxes, { iou: 0.7 }), [0, 1]);
  });

  it('keeps a box whose overlap is exactly the threshold', () => {
    // Shared 50, union 100.
    const boxes = [
      [0, 0, 10, 10],
      [0, 0, 10, 5],
    ];
    assert.deepEqual(keep(boxes, { iou: 0.5 }), [0, 1]);
  });

  it('lets boxes of different classes overlap', () => {
    const boxes = [
      [0, 0, 10, 10],
      [0, 0, 10, 10],
      [1, 0, 11, 10],
    ];
    assert.deepEqual(keep(boxes, { classes: [0, 1, 1] }), [0, 1]);
  });

  it('does not let a suppressed box suppress others', () => {
    // Each moved by 3 overlaps its neighbor (IoU 7/13) but not the one after (4/16).
    const boxes = [
      [0, 0, 10, 10],
      [3, 0, 13, 10],
      [6, 0, 16, 10],
    ];
    assert.deepEqual(keep(boxes), [0, 2]);
  });

  it('stops at the most detections wanted', () => {
    const boxes = [0, 100, 200, 300].map((x) => [x, 0, x + 10, 10]);
    assert.deepEqual(keep(boxes, { max: 2 }), [0, 1]);
  });

  it('keeps boxes without an area, and gives nothing for nothing', () => {
    const boxes = [
      [5, 5, 5, 5],
      [5, 5, 5, 5],
    ];
    assert.deepEqual(keep(boxes), [0, 1]);
    assert.deepEqual(keep([]), []);
  });
});
