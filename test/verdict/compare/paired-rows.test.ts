import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type ColumnTable,
  columnsOfTable,
} from '../../../src/shared/results/columns/column-table.ts';
import { measureDifferences } from '../../../src/verdict/compare/measure-differences.ts';
import type { JoinedRows } from '../../../src/verdict/compare/pairs/join-tables.ts';
import { splitByPicture } from '../../../src/verdict/compare/pairs/paired-images.ts';
import { PairedRows } from '../../../src/verdict/compare/pairs/paired-rows.ts';
import { PairedSums } from '../../../src/verdict/compare/pairs/paired-sums.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const columns = ['entropy_fused', 'detections'];

function tableOf(values: Readonly<Record<string, readonly unknown[]>>): ColumnTable {
  const rowCount = Object.values(values)[0]?.length ?? 0;
  return columnsOfTable({ schema: [], rowCount, columns: new Map(Object.entries(values)) });
}

/** Rows that are all paired with each other. */
function paired(
  from: Readonly<Record<string, readonly unknown[]>>,
  to: Readonly<Record<string, readonly unknown[]>>,
): JoinedRows {
  const rows = from.key?.length ?? 0;
  const at = Int32Array.from({ length: rows }, (_, i) => i);
  const tables = { from: tableOf(from), to: tableOf(to) };
  return { ...tables, fromAt: at, toAt: at, onlyFrom: 0, onlyTo: 0 };
}

function rowsOf(values: readonly number[], objects: readonly number[]) {
  return {
    key: values.map((_, i) => `image-${String(i).padStart(4, '0')}.jpg`),
    status: values.map(() => 'success'),
    entropy_fused: values,
    detections: objects,
    shard: values.map(() => 0),
    shard_row: values.map((_, i) => i),
  };
}

function pairedRows(groupOf: (key: string) => string = (key) => key, expected = 100): PairedRows {
  return new PairedRows({ columns, groupOf, expected, mapMeasures: ['detections'] });
}

describe('the differences of measures', () => {
  it('are those of each image with itself, with an interval over groups', () => {
    const random = seededRandom(5);
    const before = Array.from({ length: 60 }, () => random());
    const after = before.map((value) => value + 0.1 + (random() - 0.5) * 0.05);
    const counts = before.map(() => 3);
    const rows = pairedRows();
    const joined = paired(rowsOf(before, counts), rowsOf(after, counts));
    rows.add(joined, joined.fromAt);
    const [entropy, detections] = measureDifferences(rows, columns);
    const { mean, median } = entropy!;
    assert.equal(entropy?.n, 60);
    // Unpaired, the standard error of the difference would be 0.05.
    const [low, high] = mean.difference.interval!;
    assert.ok(low > 0.09 && high < 0.11 && low < 0.1 && high > 0.1, `${low} ${high}`);
    assert.ok(Math.abs(median.difference.value - 0.1) < 0.01);
    const [from, to] = median.difference.interval!;
    assert.ok(from > 0.08 && to < 0.12 && from < to, `${from} ${to}`);
    assert.equal(detections?.mean.difference.value, 0);
    assert.equal(detections?.mean.difference.interval, undefined);
  });

  it('have no interval below five groups, and leave failed images and absent values out', () => {
    const rows = pairedRows((key) => key.slice(0, 8));
    const values = Array.from({ length: 12 }, (_, i) => i / 12);
    const from = rowsOf(values, values);
    const to = {
      ...rowsOf(values, values),
      status: values.map((_, i) => (i < 2 ? 'failed_to_decode' : 'success')),
    };
    const joined = paired(from, {
      ...to,
      entropy_fused: values.map((value, i) => (i === 5 ? null : value + 1)),
    });
    rows.add(joined, joined.fromAt);
    const [entropy, detections] = measureDifferences(rows, columns);
    assert.equal(rows.explained, 10);
    assert.equal(entropy?.n, 9);
    assert.equal(detections?.n, 10);
    assert.equal(entropy?.mean.difference.interval, undefined);
    assert.match(entropy?.mean.difference.why ?? '', /at least 5 independent groups/);
  });

  it('rank the images whose number of objects changed most, and name their rows', () => {
    const before = Array.from({ length: 20 }, () => 5);
    const after = before.map((count, i) => count + (i % 7 === 0 ? i : 0));
    const rows = pairedRows();
    const joined = paired(rowsOf(before, before), rowsOf(before, after));
    rows.add(joined, joined.fromAt);
    assert.deepEqual(
      rows.foundPairs.map(({ key, value, to }) => [key, value, to.row]),
      [
        ['image-0014.jpg', 14, 14],
        ['image-0007.jpg', 7, 7],
      ],
    );
  });

  it('take medians over a sample by hash where there are many pairs, and say of how many', () => {
    const values = Array.from({ length: 2000 }, (_, i) => i / 2000);
    const rows = pairedRows(undefined, 200_000);
    const joined = paired(rowsOf(values, values), rowsOf(values, values));
    rows.add(joined, joined.fromAt);
    const [entropy] = measureDifferences(rows, columns);
    assert.equal(entropy?.n, 2000);
    assert.ok(entropy!.median.of > 130 && entropy!.median.of < 270, `${entropy?.median.of}`);
    assert.equal(rows.isWhole, false);
  });
});

describe('PairedSums', () => {
  it('gives the same sums by block whether hashing began early or late', () => {
    const names = Array.from({ length: 300 }, (_, i) => `group-${i}`);
    const filled = (order: readonly string[]) => {
      const sums = new PairedSums(1);
      for (const name of order) sums.add(sums.blocksOf([name])[0]!, 0, name.length, 2);
      return sums;
    };
    const together = new PairedSums(1);
    for (const [i, block] of together.blocksOf(names).entries()) {
      together.add(block, 0, names[i]!.length, 2);
    }
    const one = filled(names).column(0);
    assert.deepEqual(filled([...names].reverse()).column(0), one);
    assert.deepEqual(together.column(0), one);
    assert.ok(one.pairs.length <= 128);
    assert.equal(
      one.pairs.reduce((sum, count) => sum + count, 0),
      300,
    );
  });
});

describe('splitByPicture', () => {
  it('knows a picture by its etag, or by its size and what was measured of its pixels', () => {
    const one = {
      key: ['a', 'b', 'c', 'd'],
      etag: ['1', '2', '3', '4'],
      size_bytes: [10n, 10n, 10n, 10n],
      brightness: [0.5, 0.5, 0.5, null],
    };
    const other = {
      ...one,
      etag: ['1', 'x', 'x', 'x'],
      brightness: [0.5, 0.5, 0.6, null],
    };
    const joined = paired(one, other);
    const known = splitByPicture(joined, { input: ['brightness'] });
    assert.deepEqual(
      [[...known.unchanged], [...known.changed]],
      [
        [0, 1],
        [2, 3],
      ],
    );
    const unknown = splitByPicture(joined, { input: [] });
    assert.deepEqual([...unknown.changed], [1, 2, 3]);
  });
});
