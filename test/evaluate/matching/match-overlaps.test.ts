import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { boxOverlaps } from '../../../src/evaluate/matching/box-overlap.ts';
import { iouThresholds } from '../../../src/evaluate/matching/iou-thresholds.ts';
import { labelMap } from '../../../src/evaluate/matching/label-map.ts';
import { maskOverlaps } from '../../../src/evaluate/matching/mask-overlap.ts';
import { matchOverlaps } from '../../../src/evaluate/matching/match-overlaps.ts';
import { RunLengths } from '../../../src/shared/run/coco-rle.ts';
import { seededRandom } from '../../support/seeded-random.ts';

interface Crowd {
  readonly overlaps: Float32Array;
  readonly labelClasses: Int32Array;
  readonly candidateClasses: Int32Array;
}

/** Boxes that lie on each other: `labels` of about the same place, and candidates around them. */
function crowd(seed: number, labels: number, candidates: number): Crowd {
  const random = seededRandom(seed);
  const flat = (count: number) => {
    const all = new Float32Array(4 * count);
    for (let i = 0; i < count; i++) {
      const [x, y] = [random() * 20, random() * 20];
      all.set([x, y, x + 20 + random() * 5, y + 20 + random() * 5], 4 * i);
    }
    return all;
  };
  const classes = (count: number) =>
    Int32Array.from({ length: count }, () => Math.floor(random() * 2));
  return {
    overlaps: boxOverlaps(flat(labels), flat(candidates)),
    labelClasses: classes(labels),
    candidateClasses: classes(candidates),
  };
}

/** Ultralytics' `match_predictions` as it is written: overlaps of other classes are 0, and so are those of labels that are taken. */
function plainMatches({ overlaps, labelClasses, candidateClasses }: Crowd): number[] {
  const across = candidateClasses.length;
  return Array.from(iouThresholds, (threshold, t) => {
    const taken = new Set<number>();
    return Array.from(candidateClasses, (classId, j) => {
      const available = Array.from(labelClasses, (other, label) =>
        other !== classId || taken.has(label) ? 0 : overlaps[label * across + j]!,
      );
      const best = available.indexOf(Math.max(...available));
      if (!(available[best]! >= threshold)) return 0;
      taken.add(best);
      return 1 << t;
    });
  }).reduce((sum, bits) => sum.map((value, j) => value + bits[j]!));
}

describe('the matching of overlaps', () => {
  it('is that of the plain rule in 60 seeded crowds', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const one = crowd(seed, 1 + (seed % 9), 1 + (seed % 31));
      assert.deepEqual([...matchOverlaps(one.overlaps, one)], plainMatches(one), `seed ${seed}`);
    }
  });

  it('may find a true positive at 0.6 that is none at 0.5, where a surer one has its label', () => {
    const overlaps = Float32Array.from([0.55, 0.65]);
    const classes = { labelClasses: Int32Array.of(0), candidateClasses: Int32Array.of(0, 0) };
    const at = (bits: number) => Array.from(iouThresholds, (_, i) => (bits >> i) & 1);
    const [surer, other] = matchOverlaps(overlaps, classes);
    assert.deepEqual(at(surer!), [1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert.deepEqual(at(other!), [0, 0, 1, 1, 0, 0, 0, 0, 0, 0]);
  });

  it('takes nothing without labels, without candidates, or of another class', () => {
    const none = new Int32Array(0);
    const nothing = new Float32Array(0);
    assert.deepEqual(
      [...matchOverlaps(nothing, { labelClasses: none, candidateClasses: Int32Array.of(1) })],
      [0],
    );
    assert.deepEqual(
      [...matchOverlaps(nothing, { labelClasses: Int32Array.of(1), candidateClasses: none })],
      [],
    );
    const other = { labelClasses: Int32Array.of(1), candidateClasses: Int32Array.of(0) };
    assert.deepEqual([...matchOverlaps(Float32Array.of(1), other)], [0]);
  });
});

describe('masks that overlap', () => {
  const geometry = {
    ...{ width: 64, height: 64, newWidth: 64, newHeight: 64 },
    ...{ left: 0, top: 0, inputWidth: 64, inputHeight: 64 },
  };
  const square = (left: number, top: number, side: number) => [
    left,
    top,
    left + side,
    top,
    left + side,
    top + side,
    left,
    top + side,
  ];
  const label = (outline: number[]) => ({
    classId: 0,
    box: [0, 0, 64, 64] as const,
    polygons: [outline],
  });

  it('belong to the smaller label, and come by falling area', () => {
    const map = labelMap([label(square(8, 8, 15)), label(square(0, 0, 63))], geometry, [16, 16]);
    assert.deepEqual(map.order, [1, 0]);
    assert.deepEqual([...map.areas], [240, 16]);
  });

  it('are compared cell by cell, stored run lengths as well as outlines', () => {
    const runs = new RunLengths({ height: 64, width: 64 });
    for (let column = 0; column < 32; column++) runs.add(column, 0, 64);
    const half = { classId: 0, box: [0, 0, 32, 64] as const, rle: runs.encode() };
    const map = labelMap([half], geometry, [16, 16]);
    const cells = new RunLengths({ height: 16, width: 16 });
    for (let column = 4; column < 8; column++) cells.add(column, 0, 16);
    const counts = [cells.encode().counts, 'damaged~'];
    assert.deepEqual([...maskOverlaps(map, { size: [16, 16], counts })], [0.5, 0]);
  });
});
