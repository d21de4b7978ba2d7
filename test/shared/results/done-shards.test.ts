import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readDoneShard } from '../../../src/shared/results/done-shards.ts';
import { objectKeys } from '../../../src/shared/run/object-keys.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';

const runId = 'cells-000000000000';

async function markerOf(text: string) {
  const store = new MemoryStore();
  await store.put(objectKeys.done(runId, 3), new TextEncoder().encode(text));
  return readDoneShard(store, runId, 3);
}

describe('the marker of a shard', () => {
  it('of another version is refused, so that two versions never undo each other', async () => {
    for (const schema of ['done@1', 'done@99']) {
      await assert.rejects(markerOf(JSON.stringify({ schema, runId, shard: 3 })), {
        code: 'storage',
        message: new RegExp(`done/0000003.json was written by another version .*${schema}`),
      });
    }
  });

  it('that is damaged counts as none', async () => {
    const damaged = ['', '{"schema":"done@', '[]', '{"schema":"done@2"}', '{"schema":"done@x"}'];
    for (const text of damaged) assert.equal(await markerOf(text), undefined, text);
  });
});
