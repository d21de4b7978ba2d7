import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { classificationEvaluation } from '../../../src/evaluate/merge/classification-evaluation.ts';
import { EvaluationSums } from '../../../src/evaluate/merge/evaluation-sums.ts';
import { RatioBook } from '../../../src/evaluate/merge/ratio-figures.ts';
import { rankClasses } from '../../../src/evaluate/objects/rank-classes.ts';
import { manyRows } from '../../support/example-rows.ts';

const [row] = manyRows(1);
const classNames = ['ant', 'bee', 'cat', 'dog', 'eel', 'fox'];

/** Ranked classes, best first, beside the class of the label; `undefined`: nobody labeled it. */
function evaluation(images: readonly (readonly [ranked: readonly number[], labeled?: number])[]) {
  const sums = new EvaluationSums([]);
  const keys = images.map((_, i) => `${i}.jpg`);
  sums.addGroups(keys);
  for (const [i, [ranked, labeled]] of images.entries()) {
    const key = keys[i] ?? '';
    const objects = labeled === undefined ? [] : [{ classId: labeled, box: [0, 0, 9, 9] as const }];
    const status = labeled === undefined ? ('unusable' as const) : ('labeled' as const);
    const labels = { status, objects, remarks: [] };
    const classScores = ranked.map((classId, place) => ({ classId, score: 0.5 / (place + 1) }));
    assert.ok(row !== undefined);
    const ranks = rankClasses({ ...row, key, labels, classScores });
    sums.addImage({ key, group: key, labels, changed: false, ...ranks });
  }
  const book = new RatioBook();
  return classificationEvaluation({ sums, blocks: sums.blocks.names, book, classNames });
}

describe('the evaluation of a classifier', () => {
  it('counts what is on top and among the first five, and by class', () => {
    const { top1, top5, classes, confusions } = evaluation([
      [[0, 1, 2, 3, 4], 0],
      [[1, 0, 2, 3, 4], 0],
      [[1, 2, 3, 4, 5], 0],
      [[1, 0, 2, 3, 4], 1],
      [[2, 0, 1, 3, 4]],
    ]);
    assert.deepEqual([top1.value, top1.n, top1.of], [0.5, 4, 'images']);
    assert.equal(top5?.value, 0.75);
    assert.deepEqual(
      classes.map(({ name, labels, tp, fp, fn }) => [name, labels, tp, fp, fn]),
      [
        ['ant', 3, 1, 0, 2],
        ['bee', 1, 1, 2, 0],
      ],
    );
    assert.equal(classes[0]?.recall.value, 1 / 3);
    assert.equal(classes[1]?.precision.value, 1 / 3);
    assert.deepEqual(confusions, [
      { predicted: 0, labeled: 0, count: 1 },
      { predicted: 1, labeled: 0, count: 2 },
      { predicted: 1, labeled: 1, count: 1 },
    ]);
  });

  it('has no value where nobody labeled an image, and says so', () => {
    const { top1, classes } = evaluation([[[0, 1, 2, 3, 4]]]);
    assert.deepEqual([top1.value, top1.n], [null, 0]);
    assert.match(top1.why ?? '', /No explained image/);
    assert.deepEqual(classes, []);
  });
});
