import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bestFirst } from '../../../src/model/candidates/best-first.ts';
import { suppressBoxes } from '../../../src/model/candidates/suppress-boxes.ts';
import { nonMaximumSuppression } from '../../../src/model/head/nms.ts';
import { seededRandom } from '../../support/seeded-random.ts';

/** Boxes on a field of 640 px, many of them in heaps. */
function madeBoxes(count: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  const boxes = new Float32Array(4 * count);
  let [x, y, w, h] = [0, 0, 0, 0];
  for (let at = 0; at < boxes.length; at += 4) {
    if (random() < 0.3) [x, y] = [640 * random(), 640 * random()];
    if (random() < 0.3) [w, h] = [300 * random() ** 3, 300 * random() ** 3];
    const [dx, dy] = [w * 0.3 * (random() - 0.5), h * 0.3 * (random() - 0.5)];
    boxes.set([x + dx, y + dy, x + dx + w * (0.9 + 0.2 * random()), y + dy + h], at);
  }
  return boxes;
}

describe('suppression of candidates', () => {
  it('keeps what comparing every box with every other keeps', () => {
    for (const iouThreshold of [0.7, 0.45, 0.1]) {
      for (let seed = 0; seed < 8; seed++) {
        const boxes = madeBoxes(400, seed);
        const classIds = new Int32Array(400);
        const scores = new Float32Array(400);
        const plan = { boxes, scores, classes: classIds, iouThreshold, maxDetections: 400 };
        const expected = nonMaximumSuppression(plan);
        assert.ok(expected.length < 390);
        assert.deepEqual([...suppressBoxes({ boxes, classIds }, iouThreshold)], expected);
      }
    }
  });

  it('takes each class by itself, also where an offset of 7,680 px would let two meet', () => {
    const boxes = Float32Array.of(7680, 0, 7690, 10, 0, 0, 10, 10, 7680, 0, 7690, 10);
    const classIds = Int32Array.of(0, 1, 0);
    assert.deepEqual([...suppressBoxes({ boxes, classIds }, 0.7)], [0, 1]);
  });

  it('keeps boxes without an area, turned inside out or without end', () => {
    const boxes = Float32Array.of(5, 5, 5, 5, 5, 5, 5, 5, 9, 9, 1, 1, -3e38, -3e38, 3e38, 3e38);
    const classIds = new Int32Array(4);
    assert.deepEqual([...suppressBoxes({ boxes, classIds }, 0.7)], [0, 1, 2, 3]);
    assert.equal(
      suppressBoxes({ boxes: new Float32Array(), classIds: new Int32Array() }, 0.7).length,
      0,
    );
  });
});

describe('the best first', () => {
  it('are in the order of their scores, and equal ones in that of anchors and classes', () => {
    // Two classes of four anchors.
    const scores = Float32Array.of(0.5, 0.9, 0.001, 0.5, 0.5, 0.9, 0.7, Number.NaN);
    const found = bestFirst(scores, 4, { confThreshold: 0.001, most: 100 });
    const pairs = [...found.anchors].map((anchor, index) => [anchor, found.classIds[index]]);
    assert.deepEqual(pairs, [
      [1, 0],
      [1, 1],
      [2, 1],
      [0, 0],
      [0, 1],
      [3, 0],
    ]);
    assert.deepEqual([...bestFirst(scores, 4, { confThreshold: 0.6, most: 2 }).anchors], [1, 1]);
  });

  it('are those of a sort that compares', () => {
    const random = seededRandom(3);
    const scores = Float32Array.from({ length: 5000 }, () => Math.round(1e4 * random()) / 1e4);
    const found = bestFirst(scores, 5000, { confThreshold: 0.001, most: 3000 });
    const expected = [...scores.entries()]
      .filter(([, score]) => score > Math.fround(0.001))
      .sort(([, a], [, b]) => b - a)
      .slice(0, 3000);
    assert.deepEqual(
      [...found.anchors],
      expected.map(([anchor]) => anchor),
    );
  });
});
