import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusalDelayMs } from '../../../src/worker/queue/refused-places.ts';

test('a job that a worker may not do stays away longer each time, up to half a minute', () => {
  assert.deepEqual([0, 1, 2, 3, 1000].map(refusalDelayMs), [5_000, 10_000, 20_000, 30_000, 30_000]);
});
