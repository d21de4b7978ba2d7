import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeShards, writeMarkers } from '../../../bench/support/merge-shards.ts';
import { mergeShards } from '../../../src/report/summary/merge-shards.ts';
import { objectKeys } from '../../../src/shared/run/object-keys.ts';
import { FolderStore } from '../../../src/shared/storage/folder-store.ts';
import { forgedMarker } from '../../support/forged-marker.ts';
import { tempDir } from '../../support/temp-dir.ts';

const runId = 'merge-0123456789ab';
/** More than a thread takes at once. */
const shards = 300;
const store = new FolderStore(tempDir());
await writeMarkers({ store, runId, shards, made: makeShards(2) });
const planned = { runId, dataset: { shards, images: shards * 256 }, options: { shardSize: 256 } };
const inThreads = { store, planned, storeOptions: {}, threadsFrom: 2 };

test('threads merge a run to the same bytes as one', async () => {
  const one = await mergeShards({ store, planned });
  const many = await mergeShards(inThreads);
  assert.deepEqual(many.missing, []);
  const text = ({ merged }: typeof one): string => JSON.stringify(merged.statistics.build());
  assert.equal(text(many), text(one));
  assert.deepEqual(many.merged.devices, one.merged.devices);
  assert.deepEqual(many.merged.stagesMs, one.merged.stagesMs);
  const sorted = (failing: readonly number[]) => [...failing].sort((a, b) => a - b);
  assert.deepEqual(sorted(many.merged.failing), sorted(one.merged.failing));
});

test('threads name the shards that are not done, and those whose markers are of no use, and merge the others', async () => {
  for (const shard of [299, 3, 150]) await store.delete(objectKeys.shard(runId, shard));
  const { missing, merged } = await mergeShards(inThreads);
  assert.deepEqual(missing, [3, 150, 299]);
  assert.equal(merged.statistics.images, (shards - 3) * 256);
  const bytes = await store.get(objectKeys.done(runId, 7));
  await store.put(objectKeys.done(runId, 7), forgedMarker(bytes ?? new Uint8Array()));
  const other = new TextEncoder().encode(JSON.stringify({ schema: 'done@1', runId, shard: 200 }));
  await store.put(objectKeys.done(runId, 200), other);
  const many = await mergeShards(inThreads);
  const one = await mergeShards({ store, planned });
  for (const { merged: rest, missing: undone, unusable } of [one, many]) {
    assert.deepEqual(undone, [3, 150, 299]);
    assert.deepEqual([...unusable.keys()].sort(), [200, 7]);
    assert.match(unusable.get(7) ?? '', /0000007\.json is damaged .* delete it and resume the run/);
    assert.match(unusable.get(200) ?? '', /0000200\.json was written by another version/);
    assert.equal(rest.statistics.images, (shards - 5) * 256);
  }
  const statisticsOf = ({ merged: part }: typeof one): string =>
    JSON.stringify(part.statistics.build());
  assert.equal(statisticsOf(many), statisticsOf(one));
});
