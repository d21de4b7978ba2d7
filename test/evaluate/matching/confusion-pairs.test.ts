import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { confusionPairs } from '../../../src/evaluate/matching/confusion-pairs.ts';
import { rankClasses } from '../../../src/evaluate/objects/rank-classes.ts';
import { ConfusionAccumulator } from '../../../src/evaluate/precision/confusion-accumulator.ts';
import type { Confusion } from '../../../src/evaluate/result/evaluation.ts';
import { exampleRows } from '../../support/example-rows.ts';
import { precisionGoldens, readValFixture } from '../../support/val-fixture.ts';

/** [predicted, labeled]; the last of each is the background. */
function matrixOf(confusions: readonly Confusion[], classes: number): number[][] {
  const matrix = Array.from({ length: classes + 1 }, () => Array<number>(classes + 1).fill(0));
  for (const { predicted, labeled, count } of confusions) {
    matrix[predicted ?? classes]![labeled ?? classes] = count;
  }
  return matrix;
}

describe('the confusion matrix', () => {
  for (const name of ['bccd', 'tiny-seg', 'tiny-pose', 'tiny-obb']) {
    it(`is that of Ultralytics' ConfusionMatrix on ${name}, in halves that are merged`, () => {
      const { images, shape, confusion } = readValFixture(name);
      const halves = [new ConfusionAccumulator(), new ConfusionAccumulator()];
      for (const [i, { candidates, objects, geometry }] of images.entries()) {
        halves[i % 2]!.add(confusionPairs(candidates, { objects, geometry }, shape));
      }
      halves[0]!.addPacked(JSON.parse(JSON.stringify(halves[1]!.toPacked())));
      assert.deepEqual(matrixOf(halves[0]!.build(), 3), confusion);
    });
  }
});

describe('top-1 and top-5', () => {
  it('are those of Ultralytics on tiny-cls, and so are the confusions', () => {
    const golden: Golden = JSON.parse(
      readFileSync(join(precisionGoldens, 'tiny-cls.json'), 'utf8'),
    );
    const matrix = [0, 1, 2].map(() => [0, 0, 0]);
    let [top1, top5] = [0, 0];
    for (const { label, top, scores } of golden.images) {
      const classScores = top.map((classId, i) => ({ classId, score: scores[i] ?? 0 }));
      const object = { classId: label, box: [0, 0, 1, 1] as const };
      const labels = { status: 'labeled' as const, objects: [object], remarks: [] };
      const { ranked, confusions } = rankClasses({ ...exampleRows[0]!, labels, classScores });
      top1 += ranked?.top1 ? 1 : 0;
      top5 += ranked?.top5 ? 1 : 0;
      for (const [predicted = 0, labeled = 0] of confusions) matrix[predicted]![labeled]! += 1;
    }
    assert.ok(Math.abs(top1 / golden.images.length - golden.top1) < 1e-6);
    assert.ok(Math.abs(top5 / golden.images.length - golden.top5) < 1e-6);
    assert.deepEqual(matrix, golden.confusion);
  });
});

interface Golden {
  readonly top1: number;
  readonly top5: number;
  readonly confusion: readonly (readonly number[])[];
  readonly images: readonly {
    readonly label: number;
    readonly top: readonly number[];
    readonly scores: readonly number[];
  }[];
}
