import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeImage } from '../../../src/evaluate/objects/judge-image.ts';
import { objectOverlaps } from '../../../src/evaluate/objects/object-overlaps.ts';
import type { Detection, Xyxy } from '../../../src/shared/run/detection.ts';
import type { LabeledObject, LabelStatus } from '../../../src/shared/run/labels/sample-labels.ts';

const found = (box: Xyxy, score: number, classId = 0): Detection => ({ box, score, classId });
const label = (box: Xyxy, classId = 0): LabeledObject => ({ box, classId });

function judge(
  detections: readonly Detection[],
  objects: readonly LabeledObject[],
  status: LabelStatus = 'labeled',
) {
  const labels = { status, objects, remarks: [] };
  return judgeImage({ detections, labels, overlap: objectOverlaps, iouThreshold: 0.5 });
}

const here: Xyxy = [0, 0, 40, 40];
const nearHere: Xyxy = [0, 0, 40, 30];
const there: Xyxy = [100, 100, 200, 200];

describe('the judgement of an image', () => {
  it('gives each detection the label that it overlaps most, the surest first, and names what is left', () => {
    const judged = judge([found(here, 0.9), found(nearHere, 0.8)], [label(here), label(there)]);
    assert.deepEqual(
      judged.map(({ outcome, cause, label }) => [outcome, cause, label]),
      [
        ['tp', undefined, 0],
        ['fp', 'duplicate', 0],
        ['fn', 'background', 1],
      ],
    );
    assert.equal(judged[0]?.iou?.toFixed(6), '1.000000');
    assert.equal(judged[1]?.iou?.toFixed(2), '0.75');
  });

  it('lets a less sure detection take another label that fits, as COCO does', () => {
    // Both overlap the first label most; the second one fits the less sure, too.
    const labels = [label([0, 0, 100, 100]), label([0, 0, 100, 60])];
    const judged = judge([found([0, 0, 100, 98], 0.9), found([0, 0, 100, 84], 0.8)], labels);
    assert.deepEqual(
      judged.map(({ outcome, label }) => [outcome, label]),
      [
        ['tp', 0],
        ['tp', 1],
      ],
    );
  });

  it('never takes a label of another class, and says which it lay on', () => {
    const [wrong, missed] = judge([found(here, 0.9, 1)], [label(here, 2)]);
    assert.deepEqual(
      [wrong?.outcome, wrong?.cause, wrong?.classId, wrong?.otherClassId],
      ['fp', 'class', 1, 2],
    );
    assert.deepEqual(
      [missed?.outcome, missed?.cause, missed?.classId, missed?.otherClassId],
      ['fn', 'class', 2, 1],
    );
  });

  it('tells a poor place from nothing there', () => {
    const [poor, miss] = judge([found([0, 0, 40, 12], 0.9)], [label(here)]);
    assert.deepEqual([poor?.cause, miss?.cause], ['place', 'place']);
    assert.equal(judge([found(there, 0.9)], [label(here)])[0]?.cause, 'background');
  });

  it('judges nothing where nobody knows what is there, nor what lies in a crowd', () => {
    assert.deepEqual(
      judge([found(here, 0.9)], [], 'unusable').map(({ outcome }) => outcome),
      ['unjudged'],
    );
    const crowd = { ...label([0, 0, 300, 300]), crowd: true as const };
    const judged = judge([found(there, 0.9), found(here, 0.8, 1)], [crowd]);
    assert.deepEqual(
      judged.map(({ outcome }) => outcome),
      ['unjudged', 'fp'],
    );
  });

  it('counts every detection of an image without objects as false', () => {
    const judged = judge([found(here, 0.9)], [], 'background');
    assert.deepEqual(
      judged.map(({ outcome, cause }) => [outcome, cause]),
      [['fp', 'background']],
    );
  });

  it('sorts by the size of the label, of a false positive by its own, as COCO does', () => {
    const judged = judge([found(here, 0.9), found(there, 0.8)], [label([0, 0, 30, 34])]);
    assert.deepEqual(
      judged.map(({ outcome, size }) => [outcome, size]),
      [
        ['tp', 'small'],
        ['fp', 'large'],
      ],
    );
  });
});
