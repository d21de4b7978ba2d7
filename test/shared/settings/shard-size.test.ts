import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shardSizeFor } from '../../../src/shared/settings/shard-size.ts';

test('a run of a few images has several shards, and a large one as large ones as ever', () => {
  const shards = (images: number): number => Math.ceil(images / shardSizeFor(images));
  assert.deepEqual([87, 240, 1_000].map(shards), [6, 15, 63]);
  assert.equal(shardSizeFor(1), 16);
  assert.equal(shardSizeFor(10_000_000), 256);
});

test('10,000 images feed 64 GPUs with two shards each', () => {
  const images = 10_000;
  const shards = Math.ceil(images / shardSizeFor(images));
  assert.ok(shards > 64 && shards <= 128, `${shards} shards`);
});
