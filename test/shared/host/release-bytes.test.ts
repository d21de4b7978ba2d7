import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import { Worker } from 'node:worker_threads';
import sharp from 'sharp';
import { releaseBytes } from '../../../src/shared/host/threads/release-bytes.ts';

const mebibyte = 2 ** 20;
const heldBytes = () => getHeapStatistics().external_memory;

test('bytes that are released take no memory, and part of a buffer keeps the rest', () => {
  const large = new Uint8Array(64 * mebibyte).fill(1);
  const part = new Uint8Array(2 * mebibyte).subarray(mebibyte);
  const before = heldBytes();
  releaseBytes(large);
  releaseBytes(part);
  assert.equal(large.length, 0);
  assert.equal(part.length, mebibyte);
  assert.ok(before - heldBytes() > 60 * mebibyte);
});

test('a picture that sharp decoded is free without a collection', async () => {
  const create = { width: 4000, height: 4000, channels: 3, background: 'red' } as const;
  const picture = await sharp({ create }).raw().toBuffer();
  const before = heldBytes();
  releaseBytes(picture);
  assert.equal(picture.length, 0);
  assert.ok(before - heldBytes() > 40 * mebibyte);
  await setImmediate();
});

test('threads that begin together all can', async () => {
  const module = import.meta.resolve('../../../src/shared/host/threads/release-bytes.js');
  const program = `import('${module}').then(({ releaseBytes }) => {
    const bytes = new Uint8Array(1_000_000);
    releaseBytes(bytes);
    require('node:worker_threads').parentPort.postMessage(bytes.length);
  });`;
  const threads = Array.from({ length: 8 }, () => new Worker(program, { eval: true }));
  const left = await Promise.all(threads.map((thread) => once(thread, 'message')));
  assert.deepEqual(left.flat(), new Array(8).fill(0));
  await Promise.all(threads.map((thread) => thread.terminate()));
});

test('memory that threads share stays', () => {
  const shared = new Uint8Array(new SharedArrayBuffer(mebibyte));
  releaseBytes(shared);
  assert.equal(shared.length, mebibyte);
});
