import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isObjectFile } from '../../../src/evaluate/result/object-file.ts';
import type { ObjectRow } from '../../../src/evaluate/result/object-row.ts';
import { encodeObjects, objectTableSchema } from '../../../src/evaluate/result/object-table.ts';
import { int32 } from '../../../src/shared/results/parquet-elements.ts';
import { readTable, TableWriter } from '../../../src/shared/results/parquet-table.ts';

/** Objects that have everything, and some that lack what they may. */
const rows = Array.from({ length: 40 }, (_, row): ObjectRow => {
  const box = [row, row + 0.5, row + 10, row + 20] as const;
  const common = {
    shard: 3,
    row,
    key: `images/${row}.jpg`,
    group: `g${row % 5}`,
    classId: row % 2,
  };
  if (row % 4 === 0)
    return { ...common, outcome: 'fn', size: 'small', label: 0, box, labelBox: box };
  const trust = { share: row / 40, lift: row / 7, pointed: row % 3 === 0 };
  return { ...common, outcome: 'tp', size: 'large', detection: row, score: row / 41, box, trust };
});
const file = encodeObjects(rows, ['RBC', 'WBC']);

/** Its table with one column as `change` makes it. */
async function changed(name: string, change: (value: unknown, row: number) => unknown) {
  const { columns } = await readTable(file);
  const writer = new TableWriter([...objectTableSchema], 'objects@1');
  writer.append(new Map([...columns, [name, columns.get(name)?.map(change) ?? []]]));
  return writer.finish();
}

describe('a file of objects', () => {
  it('is one where every column has its values, all of the shard', async () => {
    assert.equal(await isObjectFile(file, 3), true);
    assert.equal(await isObjectFile(encodeObjects([], []), 3), true);
    assert.equal(await isObjectFile(file, 4), false);
    assert.equal(
      await isObjectFile(await changed('shard', (_, row) => (row > 30 ? 2 : 3)), 3),
      false,
    );
  });

  it('is none with other columns', async () => {
    const writer = new TableWriter(
      [{ name: 'root', num_children: 1 }, int32('shard', 'REQUIRED')],
      'x',
    );
    writer.append(new Map([['shard', [3, 3]]]));
    assert.equal(await isObjectFile(writer.finish(), 3), false);
  });

  it('is none where its pages are damaged, wherever', async () => {
    let refused = 0;
    for (let at = 40; at < file.length - 40; at += 61) {
      const damaged = Uint8Array.from(file, (byte, i) => (i >= at && i < at + 24 ? 255 : byte));
      if (!(await isObjectFile(damaged, 3).catch(() => false))) refused += 1;
    }
    // Other numbers are numbers, too: what can be told is a page that does not hold what it says.
    assert.ok(refused > 30, `${refused} refused`);
  });
});
