import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parquetMetadata } from 'hyparquet';
import { compactRows } from '../../src/report/compact-rows.ts';
import type { Detection } from '../../src/shared/detection.ts';
import { MemoryStore } from '../../src/shared/memory-store.ts';
import { objectKeys } from '../../src/shared/object-keys.ts';
import type { ObjectStore } from '../../src/shared/object-store.ts';
import { decodeRows, encodeRows, type StoredRow } from '../../src/shared/sample-row-parquet.ts';
import { collect } from '../support/collect.ts';
import { exampleColumns, exampleRows, manyRows } from '../support/example-rows.ts';

const runId = 'run';

async function writeShards(store: ObjectStore, sizes: readonly number[]): Promise<number[]> {
  for (const [shard, size] of sizes.entries()) {
    const bytes = encodeRows(manyRows(size), { ...exampleColumns, shard });
    await store.put(objectKeys.shard(runId, shard), bytes);
  }
  return [...sizes.keys()];
}

async function rowsOfPart(store: ObjectStore, part: number): Promise<StoredRow[]> {
  return decodeRows((await store.get(objectKeys.images(runId, part)))!);
}

describe('compactRows', () => {
  it('keeps every row, with the shard it came from', async () => {
    const store = new MemoryStore();
    for (const shard of [3, 5]) {
      const bytes = encodeRows(exampleRows, { ...exampleColumns, shard });
      await store.put(objectKeys.shard(runId, shard), bytes);
    }
    assert.deepEqual(await compactRows({ store, runId, shards: [3, 5] }), { parts: 1, rows: 6 });
    assert.deepEqual(await rowsOfPart(store, 0), [
      ...exampleRows.map((row) => ({ shard: 3, ...row })),
      ...exampleRows.map((row) => ({ shard: 5, ...row })),
    ]);
  });

  it('ends a part with the shard that fills it', async () => {
    const store = new MemoryStore();
    const shards = await writeShards(store, [40, 40, 40, 40, 10]);
    const made = await compactRows({ store, runId, shards, rowsPerPart: 80 });
    assert.deepEqual(made, { parts: 3, rows: 170 });
    const sizes = [0, 1, 2].map(async (part) => (await rowsOfPart(store, part)).length);
    assert.deepEqual(await Promise.all(sizes), [80, 80, 10]);
  });

  it('ends a part with the shard that brings it to too many bytes', async () => {
    const store = new MemoryStore();
    const shards = await writeShards(store, [50, 50, 50]);
    const made = await compactRows({ store, runId, shards, bytesPerPart: 1 });
    assert.deepEqual(made, { parts: 3, rows: 150 });
  });

  it('writes the same bytes again, and removes parts of an earlier answer', async () => {
    const store = new MemoryStore();
    const shards = await writeShards(store, [20, 20, 20]);
    await compactRows({ store, runId, shards });
    const once = await collect(store.list(objectKeys.imagesPrefix(runId)));
    await compactRows({ store, runId, shards, rowsPerPart: 20 });
    await compactRows({ store, runId, shards });
    assert.deepEqual(await collect(store.list(objectKeys.imagesPrefix(runId))), once);
  });

  it('keeps the order over several row groups', async () => {
    const store = new MemoryStore();
    const shards = await writeShards(store, [2600, 2600, 2600]);
    await compactRows({ store, runId, shards });
    const rows = await rowsOfPart(store, 0);
    const places = rows.map(({ shard, row }) => shard * 2600 + row);
    assert.deepEqual(places, [...Array(7800).keys()]);
  });

  it('makes smaller row groups of rows with many detections, which take much memory to encode', async () => {
    const store = new MemoryStore();
    const detection: Detection = { box: [1, 2, 30, 40], score: 0.5, classId: 1 };
    for (const shard of [0, 1, 2]) {
      const rows = manyRows(150).map((row) => ({
        ...row,
        detections: new Array<Detection>(100).fill(detection),
      }));
      const bytes = encodeRows(rows, { ...exampleColumns, shard });
      await store.put(objectKeys.shard(runId, shard), bytes);
    }
    await compactRows({ store, runId, shards: [0, 1, 2] });
    const part = await store.get(objectKeys.images(runId, 0));
    const { row_groups: groups } = parquetMetadata(Uint8Array.from(part!).buffer);
    const sizes = groups.map(({ num_rows: rows }) => Number(rows));
    assert.deepEqual(sizes, [300, 150]);
    const counts = (await rowsOfPart(store, 0)).map(({ detections }) => detections.length);
    assert.deepEqual(new Set(counts), new Set([100]));
  });

  it('says which shard is missing or damaged, and what to do', async () => {
    const store = new MemoryStore('out');
    const shards = await writeShards(store, [1, 1]);
    await store.put(objectKeys.shard(runId, 1), new Uint8Array(50));
    await assert.rejects(compactRows({ store, runId, shards }), {
      code: 'storage',
      message: /^run\/shards\/0000001\.parquet in memory:out is damaged: .* Delete its marker/,
    });
    await store.delete(objectKeys.shard(runId, 1));
    await assert.rejects(compactRows({ store, runId, shards }), {
      code: 'storage',
      message: /^run\/shards\/0000001\.parquet is missing in memory:out\. Delete its marker/,
    });
  });

  it('refuses shards with other columns', async () => {
    const store = new MemoryStore();
    const shards = await writeShards(store, [1, 1]);
    const other = { ...exampleColumns, shard: 1, measureColumns: ['entropy.fused'] };
    await store.put(objectKeys.shard(runId, 1), encodeRows(exampleRows, other));
    await assert.rejects(compactRows({ store, runId, shards }), {
      code: 'storage',
      message: /has other columns/,
    });
  });
});
