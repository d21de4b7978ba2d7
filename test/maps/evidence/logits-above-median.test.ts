import assert from 'node:assert/strict';
import { it } from 'node:test';
import { logitsAboveMedian } from '../../../src/maps/evidence/logits-above-median.ts';

const logit = (score: number) => Math.log(score) - Math.log1p(-score);
const everywhere = (scores: readonly number[]) =>
  logitsAboveMedian(Float32Array.from(scores), new Float32Array(scores.length).fill(1));
const floats = (values: readonly number[]) => [...Float32Array.from(values)];

it('an odd number of cells has its median in a cell, an even number between two', () => {
  assert.deepEqual([...everywhere([0.75, 0.25, 0.5])], floats([logit(0.75) - logit(0.5), 0, 0]));
  const median = (logit(0.25) + logit(0.5)) / 2;
  assert.deepEqual(
    [...everywhere([0.75, 0.125, 0.5, 0.25])],
    floats([logit(0.75) - median, 0, logit(0.5) - median, 0]),
  );
});

it('cells outside of the mask count for nothing', () => {
  const scores = Float32Array.from([0.99, 0.75, 0.25, 0.5]);
  const map = logitsAboveMedian(scores, Float32Array.from([0, 1, 1, 1]));
  assert.deepEqual([...map], floats([0, logit(0.75) - logit(0.5), 0, 0]));
});

it('a score of 0 counts as the least that there is, and 1 as the nearest float below', () => {
  assert.deepEqual(
    [...everywhere([0, 0.25, 1])],
    floats([0, 0, logit(1 - 2 ** -24) - logit(0.25)]),
  );
  assert.deepEqual([...everywhere([0, 0, 0.25])], floats([0, 0, 0]));
  assert.deepEqual([...everywhere([0.5, 0.5, 0.5, 0.5])], floats([0, 0, 0, 0]));
});
