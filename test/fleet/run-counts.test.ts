import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readRunCounts, withoutDoubles } from '../../src/fleet/run-counts.ts';
import type { RunCounters } from '../../src/shared/queue/run-counters.ts';
import { putFailedShard } from '../../src/shared/results/failed-shards.ts';
import { objectKeys } from '../../src/shared/run/object-keys.ts';
import type { RunState } from '../../src/shared/run/run-state.ts';
import { MemoryStore } from '../../src/shared/storage/memory-store.ts';
import { madeSpec } from '../support/made-run.ts';

const spec = madeSpec({ images: 10, shardSize: 4 });
const { runId, dataset } = spec;
const none: RunCounters = {
  ...{ done: 0, failed: 0, images: 0, imagesFailed: 0, imagesLive: 0 },
  cancelled: false,
};

function countsOf(store: MemoryStore, state: RunState, told: RunCounters): Promise<RunCounters> {
  return readRunCounts({ store, spec, state, progress: { readProgress: async () => told } });
}

describe('the counts of a run', () => {
  it('are those of Redis while it has any', async () => {
    const store = new MemoryStore();
    await store.put(objectKeys.done(runId, 0), new Uint8Array());
    const told = { ...none, imagesLive: 3 };
    assert.deepEqual(await countsOf(store, 'open', told), told);
  });

  it('are those of the stored shards when Redis has lost them', async () => {
    const store = new MemoryStore();
    assert.deepEqual(await countsOf(store, 'open', none), none);
    for (const shard of [0, 2]) await store.put(objectKeys.done(runId, shard), new Uint8Array());
    for (const shard of [1, 2]) await putFailedShard(store, { runId, shard, reason: 'no model' });
    const stored = { ...none, done: 2, failed: 1, images: 6, imagesLive: 6 };
    assert.deepEqual(await countsOf(store, 'open', none), stored);
    assert.deepEqual(await countsOf(store, 'cancelled', none), { ...stored, cancelled: true });
  });

  it('are those of the summary once the run is closed, whatever Redis says', async () => {
    const store = new MemoryStore();
    const other = { flagged: 0, objects: 0, imagesWithObjects: 0, heatMeasured: 0 };
    const summary = {
      counts: { images: 6, explained: 5, failed: 1, ...other, heatOnObjects: 0, statuses: {} },
      failedShards: [1],
    };
    await store.put(objectKeys.summaryJson(runId), Buffer.from(JSON.stringify(summary)));
    const closed = { done: 2, failed: 1, images: 6, imagesFailed: 1, imagesLive: 6 };
    assert.deepEqual(await countsOf(store, 'closed', none), { ...none, ...closed });
    assert.deepEqual(await countsOf(store, 'open', none), none, 'a summary of before a retry');
    await store.put(objectKeys.summaryJson(runId), Buffer.from('{'));
    assert.deepEqual(await countsOf(store, 'closed', { ...none, done: 1 }), { ...none, done: 1 });
  });

  it('never show more images than there are, and exact ones at the end', () => {
    const twice = { ...none, done: 2, images: 8, imagesLive: 13 };
    assert.equal(withoutDoubles(twice, dataset).imagesLive, 10);
    assert.equal(withoutDoubles({ ...twice, done: 3, images: 10 }, dataset).imagesLive, 10);
    assert.equal(withoutDoubles({ ...twice, failed: 1 }, dataset).imagesLive, 8);
  });
});
