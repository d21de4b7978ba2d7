import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeShards, writeMarkers } from '../../bench/support/merge-shards.ts';
import { mergeShards } from '../../src/report/merge-shards.ts';
import { EigenfleetError } from '../../src/shared/errors.ts';
import { FolderStore } from '../../src/shared/folder-store.ts';
import { objectKeys } from '../../src/shared/object-keys.ts';
import { tempDir } from '../support/temp-dir.ts';

const runId = 'merge-0123456789ab';
/** More than a thread takes at once. */
const shards = 300;
const store = new FolderStore(tempDir());
await writeMarkers({ store, runId, shards, made: makeShards(2) });
const inThreads = { store, runId, shards, storeOptions: {}, threadsFrom: 2 };

test('threads merge a run to the same bytes as one', async () => {
  const one = await mergeShards({ store, runId, shards });
  const many = await mergeShards(inThreads);
  assert.deepEqual(many.missing, []);
  const text = ({ merged }: typeof one): string => JSON.stringify(merged.statistics.build());
  assert.equal(text(many), text(one));
  assert.deepEqual(many.merged.devices, one.merged.devices);
  assert.deepEqual(many.merged.stagesMs, one.merged.stagesMs);
  const sorted = (failing: readonly number[]) => [...failing].sort((a, b) => a - b);
  assert.deepEqual(sorted(many.merged.failing), sorted(one.merged.failing));
});

test('threads name the shards that are not done, and say why they cannot go on', async () => {
  for (const shard of [299, 3, 150]) await store.delete(objectKeys.shard(runId, shard));
  const { missing, merged } = await mergeShards(inThreads);
  assert.deepEqual(missing, [3, 150, 299]);
  assert.equal(merged.statistics.images, (shards - 3) * 256);
  const bytes = await store.get(objectKeys.done(runId, 7));
  const text = new TextDecoder().decode(bytes).replace(/"sum":"(\w{8})\w/, '"sum":"$1*');
  await store.put(objectKeys.done(runId, 7), new TextEncoder().encode(text));
  await assert.rejects(mergeShards(inThreads), (error: unknown) => {
    assert.ok(error instanceof EigenfleetError);
    assert.equal(error.code, 'storage');
    assert.match(error.message, /done\/0000007\.json is damaged .* delete it and resume the run/);
    return true;
  });
});
