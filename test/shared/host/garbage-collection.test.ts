import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import {
  collectAllGarbage,
  collectBuffers,
  collectYoungGarbage,
} from '../../../src/shared/host/garbage-collection.ts';

const bufferBytes = 2 ** 20;

test('buffers that nobody uses any more do not gather', () => {
  const before = getHeapStatistics().external_memory;
  let most = 0;
  for (let image = 0; image < 400; image++) {
    collectBuffers(8 * bufferBytes);
    new Uint8Array(bufferBytes).fill(1);
    most = Math.max(most, getHeapStatistics().external_memory - before);
  }
  // Three times the bound where the young ones were not enough, and what is being swept in the meantime.
  assert.ok(most <= 40 * bufferBytes, `${most / bufferBytes} MiB`);
});

test('what has become old is collected too, on every Node', async () => {
  let kept: object | undefined = { young: true };
  const seen = new WeakRef(kept);
  // The second time moves it to the old generation.
  for (let time = 0; time < 4; time++) collectYoungGarbage();
  // A WeakRef that was asked, or just made, keeps its object until the turn ends.
  await setImmediate();
  collectYoungGarbage();
  assert.equal(kept?.constructor, Object);
  kept = undefined;
  collectAllGarbage();
  assert.equal(seen.deref(), undefined);
});

test('buffers that are in use stay', () => {
  const kept = Array.from({ length: 64 }, (_, n) => new Uint8Array(bufferBytes).fill(n));
  for (let image = 0; image < 8; image++) collectBuffers(bufferBytes);
  assert.deepEqual(
    kept.map((buffer) => buffer[bufferBytes - 1]),
    kept.map((_, n) => n),
  );
});
