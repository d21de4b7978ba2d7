import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { parquetMetadata } from 'hyparquet';
import { compactRows } from '../../../../src/report/summary/compaction/compact-rows.ts';
import type { AddedColumns } from '../../../../src/report/summary/compaction/part-writer.ts';
import { EncodedTables } from '../../../../src/shared/results/encoded/encoded-table.ts';
import type { Table } from '../../../../src/shared/results/parquet-table.ts';
import {
  decodeRows,
  encodeRows,
  type StoredRow,
} from '../../../../src/shared/results/sample-row-parquet.ts';
import type { Detection } from '../../../../src/shared/run/detection.ts';
import { objectKeys } from '../../../../src/shared/run/object-keys.ts';
import { MemoryStore } from '../../../../src/shared/storage/memory-store.ts';
import type { ObjectStore } from '../../../../src/shared/storage/object-store.ts';
import { contentsOf } from '../../../support/contents-of.ts';
import { exampleColumns, exampleRows, manyRows } from '../../../support/example-rows.ts';

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

/** Adds nothing, and notes the shards. */
function noted(asked: number[]) {
  return ({ schema, columns }: Table): AddedColumns => {
    asked.push(Number(columns.get('shard')?.[0]));
    return { schema, columns: new Map() };
  };
}

/** Without the values of a dictionary of boxes, which nobody reads before it is joined with others: sizes and headers are as before. */
function withoutValues(bytes: Uint8Array): Uint8Array {
  const damaged = Uint8Array.from(bytes);
  const { chunks } = new EncodedTables().read(bytes);
  const { pages, start } = chunks.find(
    ({ leaf, pages: { dictionary } }) => leaf.path[0] === 'boxes' && dictionary,
  )!;
  const { headerBytes, bytes: page } = pages.dictionary!;
  return damaged.fill(255, start + headerBytes, start + page.length);
}

describe('compactRows', () => {
  it('keeps every row, with the shard it came from', async () => {
    const store = new MemoryStore();
    for (const shard of [3, 5]) {
      const bytes = encodeRows(exampleRows, { ...exampleColumns, shard });
      await store.put(objectKeys.shard(runId, shard), bytes);
    }
    assert.deepEqual(await compactRows({ store, runId, shards: [3, 5] }), {
      parts: 1,
      rows: 6,
      unreadable: [],
    });
    assert.deepEqual(await rowsOfPart(store, 0), [
      ...exampleRows.map((row) => ({ shard: 3, ...row })),
      ...exampleRows.map((row) => ({ shard: 5, ...row })),
    ]);
  });

  it('ends a part with the shard that fills it', async () => {
    const store = new MemoryStore();
    const shards = await writeShards(store, [40, 40, 40, 40, 10]);
    const made = await compactRows({ store, runId, shards, rowsPerPart: 80 });
    assert.deepEqual(made, { parts: 3, rows: 170, unreadable: [] });
    const sizes = [0, 1, 2].map(async (part) => (await rowsOfPart(store, part)).length);
    assert.deepEqual(await Promise.all(sizes), [80, 80, 10]);
  });

  it('ends a part with the shard that brings it to too many bytes', async () => {
    const store = new MemoryStore();
    const shards = await writeShards(store, [50, 50, 50]);
    const made = await compactRows({ store, runId, shards, bytesPerPart: 1 });
    assert.deepEqual(made, { parts: 3, rows: 150, unreadable: [] });
  });

  it('writes the same bytes again, and removes parts of an earlier answer', async () => {
    const store = new MemoryStore();
    const shards = await writeShards(store, [20, 20, 20]);
    await compactRows({ store, runId, shards });
    const once = await contentsOf(store, objectKeys.imagesPrefix(runId));
    await compactRows({ store, runId, shards, rowsPerPart: 20 });
    await compactRows({ store, runId, shards });
    assert.deepEqual(await contentsOf(store, objectKeys.imagesPrefix(runId)), once);
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

  it('says which shard is missing, and what to do', async () => {
    const store = new MemoryStore('out');
    const shards = await writeShards(store, [1, 1]);
    await store.delete(objectKeys.shard(runId, 1));
    await assert.rejects(compactRows({ store, runId, shards }), {
      code: 'storage',
      message: /^run\/shards\/0000001\.parquet is missing in memory:out\. Delete its marker/,
    });
  });

  it('leaves out shards that are not tables or have values in other columns, and says why', async () => {
    const store = new MemoryStore();
    const shards = await writeShards(store, [1, 2, 3, 4]);
    await store.put(objectKeys.shard(runId, 0), new Uint8Array(50));
    const other = { ...exampleColumns, shard: 2, measureColumns: ['confidence'] };
    const measured = exampleRows.map((row) => ({ ...row, measures: { confidence: 0.5 } }));
    await store.put(objectKeys.shard(runId, 2), encodeRows(measured, other));
    const { rows, unreadable } = await compactRows({ store, runId, shards });
    assert.equal(rows, 2 + 4);
    assert.deepEqual(
      unreadable.map(({ shard, row }) => ({ shard, row })),
      [0, 2].map((shard) => ({ shard, row: undefined })),
    );
    assert.match(unreadable[0]?.reason ?? '', /is damaged: it is not a Parquet file/);
    assert.match(unreadable[1]?.reason ?? '', /different columns .* another version/);
  });

  it('joins shards of versions that differ only in columns without a value, whichever comes first', async () => {
    const own = { ...exampleColumns, task: 'detect' } as const;
    const rows = manyRows(3);
    for (const wide of [0, 1]) {
      const store = new MemoryStore();
      for (const shard of [0, 1]) {
        const columns = shard === wide ? exampleColumns : own;
        await store.put(objectKeys.shard(runId, shard), encodeRows(rows, { ...columns, shard }));
      }
      const { rows: joined, unreadable } = await compactRows({ store, runId, shards: [0, 1] });
      assert.deepEqual([joined, unreadable], [6, []]);
      assert.deepEqual(
        await rowsOfPart(store, 0),
        [0, 1].flatMap((shard) => rows.map((row) => ({ shard, ...row }))),
      );
    }
  });

  it('leaves out a shard of which a page is damaged, alone, whether its marker tells or not', async () => {
    const store = new MemoryStore();
    const shards = await writeShards(store, [40, 40, 40]);
    const digests = new Map<number, string>();
    for (const shard of shards) {
      const bytes = await store.get(objectKeys.shard(runId, shard));
      digests.set(shard, createHash('sha256').update(bytes!).digest('hex'));
    }
    const whole = (await store.get(objectKeys.shard(runId, 1)))!;
    await store.put(objectKeys.shard(runId, 1), withoutValues(whole));
    for (const known of [digests, undefined]) {
      const asked: number[] = [];
      const mark = () => {
        asked.length = 0;
        return { reads: new Set(['shard']), mark: noted(asked) };
      };
      const options = { store, runId, shards, ...(known && { digests: known }) };
      const made = await compactRows({ ...options, mark });
      assert.deepEqual([made.rows, asked], [80, [0, 2]]);
      assert.deepEqual(
        made.unreadable.map(({ shard, row }) => [shard, row]),
        [[1, undefined]],
      );
      assert.match(made.unreadable[0]?.reason ?? '', known ? /other bytes/ : /cannot be decoded/);
      assert.deepEqual(
        (await rowsOfPart(store, 0)).map(({ shard }) => shard),
        [...new Array(40).fill(0), ...new Array(40).fill(2)],
      );
    }
  });

  it('leaves out rows that hold what no reader can use, wherever it stands, and names them', async () => {
    const store = new MemoryStore();
    const [good] = manyRows(1);
    const { NaN: bad, POSITIVE_INFINITY: infinity } = Number;
    const spoilt: readonly (readonly [Partial<StoredRow>, RegExp])[] = [
      [{ detections: [{ box: [0, bad, 1, 1], score: 1, classId: 0 }] }, /boxes/],
      [{ classScores: [{ score: infinity, classId: 0 }] }, /class_scores/],
      [{ measures: { entropy_fused: bad } }, /entropy_fused/],
      [{ mapScale: { model_15: [1, infinity] } }, /map_scale_model_15/],
      [{ status: 'gone' as 'success' }, /status "gone" is unknown/],
      [{ flags: ['odd' as 'diffuse'] }, /flag "odd" is unknown/],
    ];
    const rows = spoilt.map(([change], row) => ({ ...good!, key: `${row}.jpg`, row, ...change }));
    const last = { ...good!, row: rows.length };
    const columns = {
      ...{ ...exampleColumns, shard: 4, layers: ['model_15'] },
      measureColumns: ['entropy_fused'],
    };
    await store.put(objectKeys.shard(runId, 4), encodeRows([...rows, last], columns));
    const { unreadable } = await compactRows({ store, runId, shards: [4] });
    assert.deepEqual(
      unreadable.map(({ shard, row, key }) => [shard, row, key]),
      rows.map(({ row }) => [4, row, `${row}.jpg`]),
    );
    for (const [index, [, reason]] of spoilt.entries()) {
      assert.match(unreadable[index]?.reason ?? '', reason);
    }
    assert.deepEqual(
      (await rowsOfPart(store, 0)).map(({ row }) => row),
      [last.row],
    );
  });
});
