import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Evaluation } from '../../../src/evaluate/result/evaluation.ts';
import { objectGroups } from '../../../src/report/objects/object-groups.ts';
import { madeEvaluation } from '../../support/made-evaluation.ts';
import { madeSpec } from '../../support/made-run.ts';

/** Of classes with so many false positives and misses. */
function evaluationOf(counts: readonly (readonly [fp: number, fn: number])[]): Evaluation {
  const classNames = counts.map((_, i) => `kind ${i}`);
  const { evaluation } = madeEvaluation(madeSpec({ classNames }), []);
  const detection = evaluation.detection!;
  const classes = detection.classes.map((one, i) => ({
    ...one,
    ...{ fp: counts[i]![0], fn: counts[i]![1] },
  }));
  const confusions = [{ predicted: 1, labeled: 0, count: 9 }];
  return { ...evaluation, detection: { ...detection, classes, confusions } };
}

describe('the galleries of objects', () => {
  it('are the false positives and the misses of each class, and confusions; a class without has none', () => {
    const groups = objectGroups(
      evaluationOf([
        [720, 54],
        [3, 0],
      ]),
    );
    assert.deepEqual(
      groups.map(({ id, count, shown }) => [id, count, shown]),
      [
        ['objects-fp-0', 720, 24],
        ['objects-fn-0', 54, 24],
        ['objects-fp-1', 3, 3],
        ['objects-confused-1-0', 9, 9],
      ],
    );
  });

  it('stay within one page however many classes there are, and leave out the rarest', () => {
    const groups = objectGroups(evaluationOf(Array.from({ length: 80 }, (_, i) => [100 + i, 10])));
    assert.equal(groups.length, 24);
    assert.ok(groups.every(({ count, kind }) => kind === 'false-positives' && count >= 156));
    assert.ok(groups.reduce((sum, { shown }) => sum + shown, 0) <= 144);
    assert.ok(groups.every(({ shown }) => shown >= 6));
  });
});
