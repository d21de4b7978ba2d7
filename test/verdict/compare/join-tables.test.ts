import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type ColumnTable,
  columnsOfTable,
} from '../../../src/shared/results/columns/column-table.ts';
import { joinTables } from '../../../src/verdict/compare/pairs/join-tables.ts';

async function* tables(...groups: readonly (readonly string[])[]): AsyncGenerator<ColumnTable> {
  for (const keys of groups) {
    yield columnsOfTable({ schema: [], rowCount: keys.length, columns: new Map([['key', keys]]) });
  }
}

async function joined(from: AsyncIterable<ColumnTable>, to: AsyncIterable<ColumnTable>) {
  const pairs: string[] = [];
  let [onlyFrom, onlyTo] = [0, 0];
  for await (const rows of joinTables(from, to)) {
    rows.fromAt.forEach((a, i) => {
      const [one, two] = [rows.from, rows.to].map((table) => table.texts('key'));
      pairs.push(`${one?.[a]}=${two?.[rows.toAt[i]!]}`);
    });
    onlyFrom += rows.onlyFrom;
    onlyTo += rows.onlyTo;
  }
  return { pairs, onlyFrom, onlyTo };
}

describe('joinTables', () => {
  it('pairs equal keys across tables that end at different rows, and counts the others', async () => {
    const from = tables(['a', 'b', 'd'], [], ['e', 'f'], ['h', 'i']);
    const to = tables(['b', 'c'], ['d', 'e', 'h']);
    const found = await joined(from, to);
    assert.deepEqual(found, { pairs: ['b=b', 'd=d', 'e=e', 'h=h'], onlyFrom: 3, onlyTo: 1 });
  });

  it('counts what is left of one run when the other has ended', async () => {
    const found = await joined(tables(['a']), tables(['a', 'b'], ['c', 'd']));
    assert.deepEqual(found, { pairs: ['a=a'], onlyFrom: 0, onlyTo: 3 });
    const none = await joined(tables(), tables(['a'], ['b']));
    assert.deepEqual(none, { pairs: [], onlyFrom: 0, onlyTo: 2 });
  });

  it('orders keys by their UTF-8 bytes, as manifests do', async () => {
    // U+FF5E comes before U+1F600 in UTF-8, and after it in UTF-16.
    const keys = ['a', '\uff5e', '\u{1f600}'];
    assert.deepEqual((await joined(tables(keys), tables(keys.slice(1)))).pairs.length, 2);
  });

  it('refuses rows out of order, which it would join wrongly', async () => {
    await assert.rejects(joined(tables(['b', 'a']), tables(['a'])), /out of order after "b"/);
    await assert.rejects(joined(tables(['b'], ['b']), tables(['c'])), /out of order/);
  });
});
