import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AnchorScores, anchorsHead } from '../../../src/model/head/anchors-head.ts';
import { topClasses } from '../../../src/model/head/classify-head.ts';
import { rowsHead } from '../../../src/model/head/rows-head.ts';

const rules = { confThreshold: 0.25, iouThreshold: 0.7, maxDetections: 300 };
/** 200 x 100 laid into 100 x 100: half size, 25 rows of padding above and below. */
const geometry = {
  width: 200,
  height: 100,
  newWidth: 100,
  newHeight: 50,
  left: 0,
  top: 25,
  inputWidth: 100,
  inputHeight: 100,
};

/** Anchors as [cx, cy, w, h, score, class]. */
function head(anchors: number[][]) {
  const row = (at: number) => anchors.map((anchor) => anchor[at] ?? 0);
  return {
    boxes: Float32Array.from([0, 1, 2, 3].flatMap(row)),
    scores: Float32Array.from(row(4)),
    classIds: Int32Array.from(row(5)),
  };
}

type Decoding = Parameters<(typeof anchorsHead)['decode']>;

function decodeAnchors(arrays: AnchorScores, ...[where, how]: [Decoding[1], Decoding[2]]) {
  return anchorsHead.decode({ kind: 'detect', arrays }, where, how).detections;
}

describe('decoding the head', () => {
  it('takes off the padding and the scale', () => {
    const found = decodeAnchors(head([[50, 50, 20, 10, 0.5, 2]]), geometry, rules);
    assert.deepEqual(found, [{ box: [80, 40, 120, 60], score: 0.5, classId: 2 }]);
  });

  it('clips boxes to the image', () => {
    const [found] = decodeAnchors(head([[2, 25, 20, 200, 0.5, 0]]), geometry, rules);
    assert.deepEqual(found?.box, [0, 0, 24, 100]);
  });

  it('uses the gain of each axis, which rounding makes different', () => {
    const odd = { ...geometry, width: 300, height: 101, newHeight: 34, top: 33 };
    const [found] = decodeAnchors(head([[50, 50, 20, 10, 0.5, 0]]), odd, rules);
    const gainY = 34 / 101;
    const expected = [120, 12 / gainY, 180, 22 / gainY];
    expected.forEach((value, at) => {
      assert.ok(Math.abs(value - (found?.box[at] ?? Number.NaN)) < 1e-9, `coordinate ${at}`);
    });
  });

  it('drops a score that only equals the threshold', () => {
    const exact = { ...rules, confThreshold: 0.5 };
    assert.deepEqual(decodeAnchors(head([[50, 50, 20, 10, 0.5, 0]]), geometry, exact), []);
  });

  it('orders by score, and equal scores by anchor', () => {
    const anchors = [0.5, 0.75, 0.5].map((score, at) => [20 + 30 * at, 50, 10, 10, score, at]);
    const found = decodeAnchors(head(anchors), geometry, rules);
    assert.deepEqual(
      found.map(({ classId }) => classId),
      [1, 0, 2],
    );
  });

  it('reads class 0 where the model knows one class and gives no class ids', () => {
    const { classIds: _, ...one } = head([[50, 50, 20, 10, 0.5, 7]]);
    assert.equal(decodeAnchors(one, geometry, rules)[0]?.classId, 0);
  });

  it('finds an anchor in every class above the threshold where all scores are there', () => {
    const { boxes } = head([
      [50, 50, 20, 10, 0, 0],
      [52, 50, 20, 10, 0, 0],
    ]);
    // [classes, anchors]
    const scores = Float32Array.from([0.9, 0.8, 0.1, 0.5, 0.3, 0.25]);
    const found = decodeAnchors({ boxes, scores }, geometry, rules);
    assert.deepEqual(
      found.map(({ classId, score }) => [classId, Math.round(score * 100)]),
      [
        [0, 90],
        [1, 50],
        [2, 30],
      ],
    );
  });

  it('leaves out boxes of negative size, and keeps the image', () => {
    const anchors = [
      [50, 50, -1e30, 10, 0.9, 0],
      [50, 50, 20, -1e-3, 0.8, 0],
      [50, 50, 20, 0, 0.7, 0],
      [50, 50, 20, 10, 0.5, 1],
    ];
    const found = decodeAnchors(head(anchors), geometry, rules);
    assert.deepEqual(
      found.map(({ score }) => Math.round(score * 10)),
      [7, 5],
    );
    const rows = Float32Array.from([60, 45, 40, 55, 0.9, 1, 40, 45, 60, 55, 0.5, 1]);
    assert.equal(
      rowsHead.decode({ kind: 'nms', arrays: { rows }, columns: 6 }, geometry, rules).detections
        .length,
      1,
    );
  });

  it('reads rows of a head with suppression inside and skips its zero rows', () => {
    const rows = Float32Array.from([40, 45, 60, 55, 0.5, 1, 9, 0, 0, 0, 0, 0, 0, 0]);
    const found = rowsHead.decode(
      { kind: 'nms', arrays: { rows }, columns: 7 },
      geometry,
      rules,
    ).detections;
    assert.deepEqual(found, [{ box: [80, 40, 120, 60], score: 0.5, classId: 1 }]);
  });

  it('names the five most probable classes, best first', () => {
    const probabilities = Float32Array.of(0, 0.25, 0.125, 0.25, 0.125, 0.25, 0);
    const top = topClasses(probabilities);
    assert.deepEqual(
      top.map(({ classId }) => classId),
      [1, 3, 5, 2, 4],
    );
    assert.equal(top[0]?.score, 0.25);
  });
});
