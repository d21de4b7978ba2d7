import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parquetMetadata } from 'hyparquet';
import { columnLeaves } from '../../../src/shared/results/encoded/column-leaf.ts';
import { decodedColumns } from '../../../src/shared/results/encoded/decoded-columns.ts';
import {
  type EncodedTable,
  EncodedTables,
} from '../../../src/shared/results/encoded/encoded-table.ts';
import { readTable, TableWriter } from '../../../src/shared/results/parquet-table.ts';
import { decodeRows, encodeRows } from '../../../src/shared/results/sample-row-parquet.ts';
import type { SampleRow } from '../../../src/shared/run/sample-row.ts';
import { exampleColumns, exampleRows, manyRows } from '../../support/example-rows.ts';

/** The rows of each file, whose columns are copied to one row group. */
function joined(tables: readonly EncodedTable[]): Uint8Array {
  const [{ schema } = { schema: [] }] = tables;
  const writer = new TableWriter(schema);
  const leaves = columnLeaves(schema).map((_, leaf) =>
    tables.map(({ chunks }) => chunks[leaf] ?? assert.fail()),
  );
  writer.appendEncoded(
    tables.reduce((sum, { rowCount }) => sum + rowCount, 0),
    leaves,
  );
  return writer.finish();
}

/** Rows whose dictionaries differ from those of other seeds, in content, order and size; of seed 0 some columns have none. */
function rowsOf(seed: number): SampleRow[] {
  return manyRows(40 + seed).map((row, i) => ({
    ...row,
    key: `images of a long name ${seed}/${i}.jpg`,
    etag: `"${i % (3 * seed + 1)}"`,
    detections: row.detections.map((one) => ({ ...one, classId: (i * seed) % 3 })),
    measures: { ...row.measures, entropy_fused: seed === 0 ? i / 64 : (i % 4) / seed },
  }));
}

describe('columns copied from several files', () => {
  const shards = [exampleRows, rowsOf(0), rowsOf(1), exampleRows, rowsOf(2), rowsOf(9)];
  const files = shards.map((rows, shard) => encodeRows(rows, { ...exampleColumns, shard }));
  const tables = new EncodedTables();
  const copy = joined(files.map((file) => tables.read(file)));

  it('hold the rows of all of them', async () => {
    const all = await Promise.all(files.map((file) => decodeRows(file)));
    assert.deepEqual(await decodeRows(copy), all.flat());
  });

  it('have the bounds and counts that their values have', async () => {
    const writer = new TableWriter((await readTable(copy)).schema);
    writer.append((await readTable(copy)).columns);
    const [own, encoded] = [copy, writer.finish()].map((bytes) => {
      const { row_groups: groups, num_rows: rows } = parquetMetadata(Uint8Array.from(bytes).buffer);
      const columns = groups.map((group) =>
        group.columns.map(({ meta_data: meta }) => [
          meta?.path_in_schema.join('.'),
          meta?.num_values,
          meta?.statistics,
        ]),
      );
      return { rows, columns };
    });
    assert.deepEqual(own, encoded);
  });

  it('are decoded one by one, where one is asked for', async () => {
    const names = new Set(['key', 'flags', 'entropy_fused', 'detections', 'no such column']);
    const whole = await readTable(files[0] ?? assert.fail());
    const { columns } = await decodedColumns(tables.read(files[0] ?? assert.fail()), names);
    assert.deepEqual([...columns.keys()].sort(), ['detections', 'entropy_fused', 'flags', 'key']);
    for (const [name, column] of columns) {
      const expected = whole.columns.get(name)?.map((value) => value ?? Number.NaN);
      assert.deepEqual(
        column.map((value) => value ?? Number.NaN),
        expected,
        name,
      );
    }
  });

  it('are not taken of a file that is cut or has other bytes where pages begin', () => {
    const [file = assert.fail()] = files;
    assert.throws(() => tables.read(file.subarray(0, file.length - 9)), RangeError);
    const { start } = tables.read(file).chunks[3] ?? assert.fail();
    const spoilt = Uint8Array.from(file);
    spoilt[start] = 0xff;
    assert.throws(() => tables.read(spoilt), RangeError);
  });
});
