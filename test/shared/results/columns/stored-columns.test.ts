import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SchemaElement } from 'hyparquet';
import {
  type ColumnTable,
  columnsOfTable,
} from '../../../../src/shared/results/columns/column-table.ts';
import { readStoredColumns } from '../../../../src/shared/results/columns/stored-columns.ts';
import {
  double,
  int32,
  list,
  struct,
  text,
} from '../../../../src/shared/results/parquet-elements.ts';
import { readTable, TableWriter } from '../../../../src/shared/results/parquet-table.ts';
import { objectKeys } from '../../../../src/shared/run/object-keys.ts';
import { MemoryStore } from '../../../../src/shared/storage/memory-store.ts';

const rows = 500;
const runId = 'columns';
const wanted = new Set(['key', 'kind', 'size', 'width', 'score', 'step', 'boxes.class_id']);

const schema: SchemaElement[] = (() => {
  const columns: SchemaElement[][] = [
    [text('key', 'REQUIRED')],
    [text('kind', 'OPTIONAL')],
    [{ name: 'size', type: 'INT64', repetition_type: 'REQUIRED' }],
    [int32('width', 'OPTIONAL')],
    [double('score', 'OPTIONAL')],
    [double('step', 'REQUIRED')],
    list('boxes', struct([int32('class_id', 'REQUIRED'), double('x', 'REQUIRED')])),
  ];
  return [{ name: 'root', num_children: columns.length }, ...columns.flat()];
})();

/** Values of their own and values that come again, present and absent, of one byte and of many. */
function fileOf(start: number): Uint8Array {
  const of = (value: (i: number) => unknown) =>
    Array.from({ length: rows }, (_, i) => value(start + i));
  const writer = new TableWriter(schema);
  writer.append(
    new Map([
      ['key', of((i) => `folder/bild-ä-${i}.jpg`)],
      ['kind', of((i) => (i % 7 === 0 ? null : ['a', 'bé', ''][i % 3]))],
      ['size', of((i) => BigInt(i) * 2n ** 33n - 5n)],
      ['width', of((i) => (i % 2 === 0 ? null : -i))],
      ['score', of((i) => (i % 5 === 0 ? null : Math.sin(i)))],
      ['step', of((i) => (i % 4) / 4)],
      ['boxes', of((i) => Array.from({ length: i % 4 }, (_, k) => ({ class_id: i + k, x: k })))],
    ]),
  );
  return writer.finish();
}

function saidBy(table: ColumnTable) {
  const { rowCount } = table;
  const numbers = ['size', 'width', 'score', 'step'].map((name) => table.numbers(name));
  const texts = ['key', 'kind'].map((name) => table.texts(name));
  const lists = table.lists('boxes.class_id');
  return { rowCount, numbers, texts, lists };
}

describe('stored columns', () => {
  it('are what hyparquet reads, part after part', async () => {
    const store = new MemoryStore('out');
    const files = [fileOf(0), fileOf(rows)];
    for (const [part, bytes] of files.entries()) {
      await store.put(objectKeys.images(runId, part), bytes);
    }
    let part = 0;
    for await (const table of readStoredColumns(store, runId, wanted)) {
      const expected = columnsOfTable(await readTable(files[part++] as Uint8Array));
      assert.deepEqual(saidBy(table), saidBy(expected));
      assert.equal(table.numbers('size')?.[3], (part === 1 ? 3 : rows + 3) * 2 ** 33 - 5);
      assert.equal(table.numbers('no such column'), undefined);
    }
    assert.equal(part, 2);
  });

  it('say which file is damaged when one is asked for', async () => {
    const store = new MemoryStore('out');
    const bytes = fileOf(0).slice();
    const place = Buffer.from(bytes).indexOf('folder/bild');
    bytes.fill(255, place, place + 64);
    await store.put(objectKeys.images(runId, 0), bytes);
    await assert.rejects(
      async () => {
        for await (const table of readStoredColumns(store, runId, wanted)) table.texts('key');
      },
      { code: 'storage', message: /images\/part-00000.parquet in .* cannot be read/ },
    );
  });
});
