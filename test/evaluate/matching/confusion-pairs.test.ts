import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { confusionPairs } from '../../../src/evaluate/matching/confusion-pairs.ts';
import { ConfusionAccumulator } from '../../../src/evaluate/precision/confusion-accumulator.ts';
import { TopAccumulator } from '../../../src/evaluate/precision/top-accumulator.ts';
import type { Confusion } from '../../../src/evaluate/result/evaluation.ts';
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
  it('are those of Ultralytics, by class and block, in any order', () => {
    const golden = JSON.parse(readFileSync(join(precisionGoldens, 'tiny-cls.json'), 'utf8'));
    const images = golden.images.map(
      (image: { label: number; top: number[]; scores: number[] }, i: number) => ({
        labelId: image.label,
        scores: image.top.map((classId, j) => ({ classId, score: image.scores[j] ?? 0 })),
        block: i % 4,
      }),
    );
    const whole = new TopAccumulator();
    for (const image of images) whole.addImage(image);
    const backwards = new TopAccumulator();
    for (const image of images.toReversed()) {
      const one = new TopAccumulator();
      one.addImage(image);
      backwards.addPacked(one.toPacked());
    }
    assert.equal(JSON.stringify(backwards.toPacked()), JSON.stringify(whole.toPacked()));
    const { images: n, top1, top5, confusions, classes, blocks } = whole.build();
    assert.ok(Math.abs(top1 / n - golden.top1) < 1e-6);
    assert.ok(Math.abs(top5 / n - golden.top5) < 1e-6);
    const square = matrixOf(confusions, 3)
      .slice(0, 3)
      .map((row) => row.slice(0, 3));
    assert.deepEqual(square, golden.confusion);
    assert.equal(
      classes.reduce((sum, { tp }) => sum + tp, 0),
      top1,
    );
    assert.equal(blocks.length, 4);
  });
});
