import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { BenchResults } from '../../bench/support/bench-results.ts';
import { keepResults, withKept } from '../../bench/support/kept-results.ts';
import { tempDir } from '../support/temp-dir.ts';

function resultsOf(values: Readonly<Record<string, number>>, load = '0.10'): BenchResults {
  const rows = Object.entries(values).map(([id, now]) => ({
    ...{ id, words: id, unit: 'ratio' as const, better: 'low' as const, aim: '' },
    ...{ turns: [{ now }], now },
  }));
  const machine = [`machine   a CPU, 2 threads, 24 GiB, load ${load} at the start`, 'versions  1'];
  return { schema: 'bench@1', length: 'full', at: '2026-11-30', machine, build: 'abc', rows };
}

const valuesOf = ({ rows }: BenchResults) => rows.map(({ id, now }) => [id, now]);

describe('results of a bench that are kept', () => {
  it('take each row in the place of the one before, and leave the others', () => {
    const found = withKept(resultsOf({ b: 3, c: 4 }, '2.00'), resultsOf({ a: 1, b: 2 }));
    assert.deepEqual(valuesOf(found), [
      ['a', 1],
      ['b', 3],
      ['c', 4],
    ]);
  });

  it('hold nothing of another build', () => {
    const other = { ...resultsOf({ a: 1 }), build: 'abd' };
    assert.deepEqual(valuesOf(withKept(resultsOf({ b: 2 }), other)), [['b', 2]]);
  });

  it('are whole after each group of rows, also where there were none', async () => {
    const path = join(tempDir(), 'results', 'latest.json');
    await keepResults(path, resultsOf({ a: 1 }));
    await keepResults(path, resultsOf({ a: 1, b: 2 }));
    assert.deepEqual(valuesOf(JSON.parse(await readFile(path, 'utf8'))), [
      ['a', 1],
      ['b', 2],
    ]);
  });
});
