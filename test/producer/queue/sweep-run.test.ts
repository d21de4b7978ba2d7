import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type SweepRequest, sweepRun } from '../../../src/producer/queue/sweep-run.ts';
import { deleteUnusableMarker } from '../../../src/shared/results/done-shards.ts';
import { readFailedShards } from '../../../src/shared/results/failed-shards.ts';
import { objectKeys } from '../../../src/shared/run/object-keys.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';
import { madeRows, madeSpec } from '../../support/made-run.ts';
import { storeMadeRun } from '../../support/stored-run.ts';

it('a shard whose marker is of another version has failed for good, so that the run is settled', async () => {
  const spec = madeSpec({ images: 16, shardSize: 8 });
  const store = new MemoryStore('results');
  await storeMadeRun(store, spec, madeRows({ images: 16, shardSize: 8 }));
  const { runId } = spec;
  const key = objectKeys.done(runId, 1);
  await store.put(key, new TextEncoder().encode(JSON.stringify({ schema: 'done@1' })));
  const asked: string[] = [];
  const counted: unknown[] = [];
  const fleet = {
    queues: {
      ensureShard: async () => 'waiting',
      addSummary: async () => void asked.push('summary'),
    },
    progress: {
      readProgress: async () => ({ done: 0 }),
      rebuild: async (_run: unknown, told: unknown) => void counted.push(told),
    },
  } as unknown as Pick<SweepRequest, 'queues' | 'progress'>;
  const swept = await sweepRun({ ...fleet, store, spec, priority: 'normal' });
  assert.deepEqual(
    { done: swept.done, failed: swept.failed, settled: swept.settled },
    { done: 1, failed: 1, settled: true },
  );
  assert.deepEqual(asked, ['summary']);
  assert.deepEqual(counted, [{ done: [0], failed: [1], images: 8, imagesFailed: 0 }]);
  assert.match(
    (await readFailedShards(store, { runId, shards: 2 })).get(1) ?? '',
    /another version/,
  );

  for (const shard of [0, 1]) await deleteUnusableMarker(store, spec, shard);
  assert.ok(await store.head(objectKeys.done(runId, 0)));
  assert.equal(await store.head(key), undefined);
});
