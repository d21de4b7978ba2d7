import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compactRows } from '../../../src/report/summary/compaction/compact-rows.ts';
import { readStoredRows, readStoredTables } from '../../../src/shared/results/stored-rows.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';
import {
  classShares,
  comparedMeasures,
  contentName,
  type NamedValues,
} from '../../../src/verdict/drift/drift-row.ts';
import { measureDrift } from '../../../src/verdict/drift/measure-drift.ts';
import { storedDriftSource } from '../../../src/verdict/drift/stored-source.ts';
import { madeRows, madeSpec } from '../../support/made-run.ts';
import { storeMadeRun } from '../../support/stored-run.ts';

async function storedRun(): Promise<{ store: MemoryStore; runId: string }> {
  const store = new MemoryStore('out');
  const spec = madeSpec({ images: 120, shardSize: 60 });
  const rows = madeRows({ images: 120 }).map((row, i) => ({ ...row, etag: `e${i}` }));
  await storeMadeRun(store, spec, rows);
  await compactRows({ store, runId: spec.runId, shards: [0, 1] });
  return { store, runId: spec.runId };
}

describe('the rows of a stored run for drift', () => {
  it('say the same as whole rows', async () => {
    const { store, runId } = await storedRun();
    const source = await storedDriftSource(store, runId);
    const whole = readStoredRows(store, runId);
    const named = ({ names, values }: NamedValues) =>
      Object.fromEntries(names.map((name, i) => [name, values[i]]));
    let explained = 0;
    for await (const { rows, columns: ofRows } of source.rows()) {
      assert.ok(ofRows);
      for (const row of rows) {
        const { value: expected } = await whole.next();
        assert.ok(expected);
        assert.deepEqual([row.key, row.status], [expected.key, expected.status]);
        assert.equal(contentName(row, 'etag'), contentName(expected, 'etag'));
        assert.equal(contentName(row, 'pixels'), contentName(expected, 'pixels'));
        assert.deepEqual(row.measures, expected.measures);
        const taken: Record<string, number> = {};
        for (const [name, values] of ofRows.columns) {
          const value = values[ofRows.at];
          if (Number.isFinite(value)) taken[name] = Number(value);
        }
        assert.deepEqual(taken, named(comparedMeasures(expected)));
        assert.deepEqual(
          named(classShares(row, source.classNames)),
          named(classShares(expected, source.classNames)),
        );
        if (row.status === 'success') explained += 1;
      }
    }
    assert.ok(explained > 50);
  });

  it('drift from themselves in nothing', async () => {
    const { store, runId } = await storedRun();
    const source = await storedDriftSource(store, runId);
    const { verdict, tests } = await measureDrift(source, source);
    assert.deepEqual([verdict, tests], ['no drift', 0]);
  });

  it('are read with one field of their boxes', async () => {
    const { store, runId } = await storedRun();
    const wanted = new Set(['key', 'boxes.class_id']);
    for await (const { columns } of readStoredTables(store, runId, wanted)) {
      assert.deepEqual([...columns.keys()].sort(), ['boxes', 'key']);
      const boxes = (columns.get('boxes') ?? []).flat();
      assert.ok(boxes.length > 50);
      assert.deepEqual(Object.keys(boxes[0] as object), ['class_id']);
    }
  });
});
