import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readDoneShard } from '../../../src/shared/results/done-shards.ts';
import type { ShardMarker } from '../../../src/shared/results/marker/shard-marker.ts';
import { objectKeys } from '../../../src/shared/run/object-keys.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';
import { madeRows, madeSpec } from '../../support/made-run.ts';
import { storeMadeRun } from '../../support/stored-run.ts';

const runId = 'cells-000000000000';
const planned = { runId, dataset: { images: 7, shards: 4 }, options: { shardSize: 2 } };

async function markerOf(text: string) {
  const store = new MemoryStore();
  await store.put(objectKeys.done(runId, 3), new TextEncoder().encode(text));
  return readDoneShard(store, planned, 3);
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
    const damaged = ['', '{"schema":"done@', '[]', '{"schema":"done@4"}', '{"schema":"done@x"}'];
    for (const text of damaged) assert.equal(await markerOf(text), undefined, text);
  });
});

describe('a shard', () => {
  const spec = madeSpec({ images: 8, shardSize: 4, maps: true });
  const { runId: id } = spec;

  async function madeStore(): Promise<MemoryStore> {
    const store = new MemoryStore();
    await storeMadeRun(store, spec, madeRows({ images: 8, shardSize: 4 }));
    return store;
  }

  async function markerIn(store: MemoryStore, shard: number): Promise<ShardMarker> {
    const bytes = (await store.get(objectKeys.done(id, shard))) ?? new Uint8Array();
    return JSON.parse(new TextDecoder().decode(bytes));
  }

  /** The marker of shard 1 says what is made of it. */
  async function isDone(change: (own: ShardMarker, other: ShardMarker) => object) {
    const store = await madeStore();
    const marker = change(await markerIn(store, 1), await markerIn(store, 0));
    await store.put(objectKeys.done(id, 1), new TextEncoder().encode(JSON.stringify(marker)));
    return (await readDoneShard(store, spec, 1)) !== undefined;
  }

  it('is done by a marker of its own files', async () => {
    assert.equal(await isDone((own) => own), true);
  });

  const others: readonly [string, (own: ShardMarker, other: ShardMarker) => object][] = [
    ['of another shard under its name', (_, other) => other],
    ["that names another shard's files", (own, { files }) => ({ ...own, files })],
    [
      'that names its rows and the maps of another',
      (own, { files }) => ({
        ...own,
        files: [...own.files.filter(({ key }) => key.includes('/shards/')), ...files.slice(1)],
      }),
    ],
    ['without the rows', (own) => ({ ...own, files: own.files.slice(1) })],
    ['without any file', (own) => ({ ...own, files: [] })],
    [
      'that counts fewer images than run.json',
      (own) => ({
        ...own,
        statistics: { ...own.statistics, images: 2 },
      }),
    ],
  ];
  for (const [what, change] of others) {
    it(`is not done by a marker ${what}`, async () => {
      assert.equal(await isDone(change), false);
    });
  }
});
