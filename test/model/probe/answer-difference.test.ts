import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HeadAnswer } from '../../../src/model/head/heads.ts';
import { answerDifference } from '../../../src/model/probe/answer-difference.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const tolerances = { answer: 0.01, share: 0.02 };
const random = seededRandom(3);
const rows = Float32Array.from({ length: 60 * 6 }, () => random());

function rowsAnswer(values: Float32Array): HeadAnswer {
  return { kind: 'nms', columns: 6, arrays: { rows: values } };
}

function classesAnswer(values: Float32Array): HeadAnswer {
  return { kind: 'classify', arrays: { probabilities: values } };
}

test('takes rows in another order for the same answer, and moved boxes for another one', () => {
  const turned = Float32Array.from(rows, (_, i) => rows[(i + 12) % rows.length]!);
  assert.equal(answerDifference(rowsAnswer(turned), rowsAnswer(rows), tolerances)?.share, 0);
  const moved = rows.map((value, i) => (i % 18 === 0 ? value + 0.1 : value));
  const difference = answerDifference(rowsAnswer(moved), rowsAnswer(rows), tolerances);
  assert.ok(difference?.isTooMuch);
  assert.ok(Math.abs(difference.share - 1 / 3) < 0.01);
});

test('finds a sixth of the numbers moved, and passes over rounding', () => {
  const rounded = rows.map((value) => value * 1.0001);
  const near = answerDifference(classesAnswer(rounded), classesAnswer(rows), tolerances);
  assert.equal(near?.share, 0);
  const moved = rows.map((value, i) => (i % 6 === 0 ? value + 0.1 : value));
  const far = answerDifference(classesAnswer(moved), classesAnswer(rows), tolerances);
  assert.deepEqual(far, { array: 'probabilities', share: 1 / 6, isTooMuch: true });
});

test('says nothing about a model that answers with no numbers', () => {
  const broken = classesAnswer(Float32Array.of(Number.NaN, 1));
  assert.equal(answerDifference(broken, broken, tolerances), undefined);
});
