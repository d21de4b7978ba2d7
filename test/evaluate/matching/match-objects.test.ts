import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { matchObjects } from '../../../src/evaluate/matching/match-objects.ts';
import { objectSize } from '../../../src/evaluate/matching/object-size.ts';
import type { Detection, Xyxy } from '../../../src/shared/run/detection.ts';
import type { LabeledObject } from '../../../src/shared/run/labels/label.ts';

const square = (left: number, top: number, side = 10): Xyxy => [left, top, left + side, top + side];
const detection = (box: Xyxy, score: number, classId = 0): Detection => ({ box, score, classId });
const label = (box: Xyxy, classId = 0): LabeledObject => ({ box, classId });

describe('objects at the threshold of a run', () => {
  it('are matched in order of confidence, each detection with the best label of its class that is left', () => {
    const labels = [label(square(0, 0)), label(square(3, 0))];
    const detections = [detection(square(2, 0), 0.6), detection(square(3, 0), 0.9)];
    const matches = matchObjects(detections, labels);
    assert.deepEqual(
      matches.map(({ outcome, detection: i, label: j }) => [outcome, i, j]),
      [
        ['tp', 0, 0],
        ['tp', 1, 1],
      ],
    );
    assert.ok(Math.abs(matches[0]!.iou! - 80 / 120) < 1e-6);
  });

  it('are taken at IoU 0.5 exactly', () => {
    const labels = [label([0, 0, 10, 10])];
    const [match] = matchObjects([detection([0, 0, 10, 5], 0.5)], labels);
    assert.equal(match?.outcome, 'tp');
  });

  it('say why a detection has no label', () => {
    const labels = [label(square(0, 0)), label(square(50, 0), 2), label(square(90, 0))];
    const detections = [
      detection(square(0, 0), 0.9),
      detection(square(1, 0), 0.8),
      detection(square(51, 0), 0.7),
      detection(square(96, 0), 0.6),
      detection(square(200, 0), 0.5),
    ];
    const told = matchObjects(detections, labels).map(({ outcome, cause, otherClassId, iou }) => [
      outcome,
      cause,
      otherClassId,
      iou && Number(iou.toFixed(2)),
    ]);
    assert.deepEqual(told, [
      ['tp', undefined, undefined, 1],
      ['fp', 'duplicate', undefined, 0.82],
      ['fp', 'class', 2, 0.82],
      ['fp', 'place', undefined, 0.25],
      ['fp', 'background', undefined, undefined],
      ['fn', 'class', 0, 0.82],
      ['fn', 'place', undefined, 0.25],
    ]);
  });

  it('say of a miss that a detection of its class is on it and has another label', () => {
    const labels = [label(square(0, 0)), label(square(1, 0))];
    const [, miss] = matchObjects([detection(square(0, 0), 0.9)], labels);
    assert.deepEqual([miss?.outcome, miss?.cause, miss?.label], ['fn', 'duplicate', 1]);
  });

  it('are not judged in a crowd of their class, which is no label', () => {
    const crowd: LabeledObject = { ...label(square(0, 0, 100)), crowd: true };
    const detections = [detection(square(10, 10), 0.9), detection(square(10, 10), 0.8, 1)];
    assert.deepEqual(
      matchObjects(detections, [crowd]).map(({ outcome }) => outcome),
      ['unjudged', 'fp'],
    );
  });

  it('are compared by rotated boxes where all have them', () => {
    const rotated = { centerX: 50, centerY: 50, width: 40, height: 4, angle: 0 };
    const upright = { ...rotated, angle: Math.PI / 2 };
    const one = (angle: typeof rotated) => ({
      ...detection(square(30, 30, 40), 0.9),
      rotated: angle,
    });
    const labels = [{ ...label(square(30, 30, 40)), rotated }];
    assert.equal(matchObjects([one(rotated)], labels)[0]?.outcome, 'tp');
    assert.equal(matchObjects([one(upright)], labels)[0]?.outcome, 'fp');
  });

  it('may be missing on either side', () => {
    assert.deepEqual(matchObjects([], []), []);
    assert.equal(matchObjects([], [label(square(0, 0))])[0]?.cause, 'background');
    assert.equal(matchObjects([detection(square(0, 0), 0.3)], [])[0]?.cause, 'background');
  });
});

describe('the size of an object', () => {
  it('is small below 32 x 32 pixels, large from 96 x 96 on', () => {
    const sizes = [31.9, 32, 95.9, 96].map((side) => objectSize({ box: square(0, 0, side) }));
    assert.deepEqual(sizes, ['small', 'medium', 'medium', 'large']);
  });

  it('is that of the rotated box, not of the box around it', () => {
    const rotated = { centerX: 50, centerY: 50, width: 100, height: 4, angle: 0.8 };
    assert.equal(objectSize({ box: square(0, 0, 100), rotated }), 'small');
  });
});
