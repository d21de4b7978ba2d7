import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pixelThreadsOf } from '../../../src/worker/explain/pixel-pool.ts';

test('a few images take one pixel thread, many take all there are, eight at most', () => {
  assert.equal(pixelThreadsOf(4, 1), 1);
  assert.equal(pixelThreadsOf(4, 12), 1);
  assert.equal(pixelThreadsOf(4, 13), 2);
  assert.equal(pixelThreadsOf(4, 1000), 4);
  assert.equal(pixelThreadsOf(4, 0), 1, 'a plan without images still has a pool');
  assert.equal(pixelThreadsOf(1, 1000), 1);
  assert.equal(pixelThreadsOf(64), 8);
});
