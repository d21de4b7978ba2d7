import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { HeadAnswer } from '../../../src/model/head/heads.ts';
import { headOf } from '../../../src/model/head/heads.ts';
import type { SampleCandidates } from '../../../src/shared/run/candidates.ts';
import { visitRuns } from '../../../src/shared/run/coco-rle.ts';
import { repositoryRoot } from '../../support/cache-folder.ts';
import { readNpz } from '../../support/npz.ts';

const golden = readNpz(join(repositoryRoot, 'test/golden/candidates/candidates.npz'));
const classes = 3;
const input = { inputWidth: 80, inputHeight: 80 };

function numbers(name: string): Float32Array {
  const values = golden.get(name)?.data;
  assert.ok(values instanceof Float32Array, name);
  return values;
}

/** An answer of anchors with everything that follows its scores; the best class is not what candidates are of. */
function anchorsOf(name: string) {
  const all = numbers(`${name}_answer`);
  const anchors = golden.get(`${name}_answer`)?.shape[2] ?? 0;
  return {
    arrays: {
      boxes: all.slice(0, 4 * anchors),
      scores: new Float32Array(anchors),
      classIds: new Int32Array(anchors),
      everyScore: all.slice(4 * anchors, (4 + classes) * anchors),
    },
    extras: all.slice((4 + classes) * anchors),
  };
}

function candidatesOf(answer: HeadAnswer, maxDetections = 300): SampleCandidates {
  const found = headOf(answer).candidates?.(answer, { input, maxDetections });
  assert.ok(found !== undefined);
  return found;
}

function assertKept(name: string, found: SampleCandidates, boxes = found.boxes): void {
  assert.deepEqual(found.scores, numbers(`${name}_conf`));
  assert.deepEqual(Float32Array.from(found.classIds), numbers(`${name}_cls`));
  assert.deepEqual(boxes, numbers(`${name}_bboxes`));
  assert.equal(found.count, found.scores.length);
}

describe('the candidates of an answer are those that Ultralytics 8.4.190 val keeps, to the bit and in its order', () => {
  it('boxes, of several classes of an anchor', () => {
    const { arrays } = anchorsOf('detect');
    const found = candidatesOf({ kind: 'detect', arrays });
    assertKept('detect', found);
    assert.equal(found.cut, 0);
  });

  it('no more than 300 of an image, or its labels, and how many that cut', () => {
    const { arrays } = anchorsOf('detect');
    const all = candidatesOf({ kind: 'detect', arrays });
    const few = candidatesOf({ kind: 'detect', arrays }, 20);
    assert.deepEqual([few.count, few.cut], [20, all.count - 20]);
    assert.deepEqual(few.scores, all.scores.slice(0, 20));
  });

  it('masks at the size of the prototypes, cropped to their boxes', () => {
    const { arrays, extras } = anchorsOf('segment');
    const prototypes = numbers('segment_prototypes');
    const found = candidatesOf({
      kind: 'segment',
      arrays: { ...arrays, coefficients: extras, prototypes },
    });
    assertKept('segment', found);
    const expected = golden.get('segment_masks')?.data ?? [];
    const size = found.masks?.size ?? [0, 0];
    assert.deepEqual(size, [20, 20]);
    found.masks?.counts.forEach((counts, index) => {
      const mask = new Uint8Array(400);
      visitRuns({ size, counts }, (start, end) => {
        for (let at = start; at < end; at++) mask[(at % 20) * 20 + Math.floor(at / 20)] = 1;
      });
      assert.deepEqual(mask, Uint8Array.from(expected.slice(index * 400, (index + 1) * 400)));
    });
  });

  it('keypoints', () => {
    const { arrays, extras } = anchorsOf('pose');
    const found = candidatesOf({
      kind: 'pose',
      numbers: 3,
      arrays: { ...arrays, keypoints: extras },
    });
    assertKept('pose', found);
    assert.deepEqual(found.keypoints, numbers('pose_keypoints'));
    assert.ok(found.cut > 0);
  });

  it('rotated boxes, above 0.01', () => {
    const { arrays, extras } = anchorsOf('obb');
    const found = candidatesOf({ kind: 'obb', arrays: { ...arrays, angles: extras } });
    assert.ok(found.rotated !== undefined);
    assertKept('obb', found, found.rotated);
  });

  it('the finished rows of a graph that suppresses', () => {
    const rows = numbers('nms_answer');
    assertKept('nms', candidatesOf({ kind: 'nms', columns: 6, arrays: { rows } }));
  });
});

describe('candidates of other answers', () => {
  const row = (score: number, classId: number) => [0.5, 0.5, 0.25, 0.5, score, classId];

  it('of a transformer are its queries, the best first, in pixels of the input', () => {
    const rows = Float32Array.from([...row(0.002, 1), ...row(0.5, 2), ...row(0.0005, 0)]);
    const found = candidatesOf({ kind: 'queries', columns: 6, finished: true, arrays: { rows } });
    assert.deepEqual([...found.classIds], [2, 1]);
    assert.deepEqual([...found.boxes.subarray(0, 4)], [30, 20, 50, 60]);
  });

  it('leave out numbers that are not finite, and classes that cannot be', () => {
    const bad = [
      [0, 0, Number.NaN, 1, 0.5, 0],
      [0, 0, 1, 1, Number.POSITIVE_INFINITY, 0],
      [0, 0, 1, 1, 0.5, -1],
      [0, 0, 1, 1, 0.5, 1e9],
    ];
    const rows = Float32Array.from([...bad.flat(), 0, 0, 1, 1, 0.4, 1]);
    const found = candidatesOf({ kind: 'nms', columns: 6, arrays: { rows } });
    assert.deepEqual([...found.classIds], [1]);
    const anchors = candidatesOf({
      kind: 'detect',
      arrays: {
        boxes: Float32Array.from([5, 5, 5, Number.NaN, 5, 5, 2, 2, 2, 2, 2, 2]),
        scores: Float32Array.from([Number.NaN, Number.POSITIVE_INFINITY, 0.5]),
      },
    });
    assert.equal(anchors.count, 1);
  });

  it('of a classifier do not exist, and none are had of a graph that was not asked for them', () => {
    assert.equal(headOf({ kind: 'classify' }).candidates, undefined);
    const arrays = {
      boxes: new Float32Array(4),
      scores: Float32Array.of(0.5),
      classIds: Int32Array.of(1),
    };
    assert.throws(() => candidatesOf({ kind: 'detect', arrays }), /was not asked for/);
  });
});
