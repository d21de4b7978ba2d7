import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compactRows } from '../../../src/report/summary/compaction/compact-rows.ts';
import { readStoredTables } from '../../../src/shared/results/stored-rows.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';
import { madeRows, madeSpec } from '../../support/made-run.ts';
import { storeMadeRun } from '../../support/stored-run.ts';

/** Counts the bytes that are read by range. */
class CountingStore extends MemoryStore {
  bytes = 0;

  override async getRange(key: string, start: number, end: number) {
    this.bytes += end - start;
    return super.getRange(key, start, end);
  }
}

describe('readStoredTables', () => {
  it('fetches the bytes of the columns that are asked for, and of no others', async () => {
    const store = new CountingStore('out');
    const spec = madeSpec({ images: 200, shardSize: 100 });
    const rows = madeRows({ images: 200 });
    await storeMadeRun(store, spec, rows);
    await compactRows({ store, runId: spec.runId, shards: [0, 1] });
    for await (const { columns } of readStoredTables(store, spec.runId)) {
      assert.ok(columns.size > 20);
    }
    const bytesOfAll = store.bytes;
    store.bytes = 0;
    const keys: unknown[] = [];
    const wanted = new Set(['key', 'not_there']);
    for await (const { columns } of readStoredTables(store, spec.runId, wanted)) {
      assert.deepEqual([...columns.keys()], ['key']);
      keys.push(...(columns.get('key') ?? []));
    }
    assert.deepEqual(
      keys,
      rows.map(({ key }) => key),
    );
    // A file this small is fetched once as a whole for its footer.
    assert.ok(store.bytes < bytesOfAll * 0.6, `${store.bytes} of ${bytesOfAll} bytes`);
  });
});
