import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { it } from 'node:test';
import { resultOf, resultsTable } from '../../bench/support/bench-results.ts';
import { repositoryRoot } from '../support/cache-folder.ts';

it('the page on performance has the results of the last full bench, and no others', () => {
  execFileSync(process.execPath, ['scripts/write-performance.js', '--check'], {
    cwd: repositoryRoot,
  });
});

it('a row of the bench is the median of ratios within a turn, over turns that both builds took', () => {
  const row = {
    id: 'a',
    words: 'a row',
    unit: 's',
    better: 'low',
    aim: '<= 1',
    turns: {},
  } as const;
  const result = resultOf(row, [2, 30, 4, 5], [4, 30, 2, undefined]);
  // Absolute values swing; the ratios are 0.5, 1 and 2.
  assert.deepEqual([result?.now, result?.before, result?.ratio], [4.5, 4, 1]);
  assert.equal(resultOf(row, [undefined], [1]), undefined);
  const results = { schema: 'bench@1', length: 'full', at: '', machine: [], build: 'b' } as const;
  const table = resultsTable({ ...results, against: 'a1', rows: [result ?? assert.fail()] });
  assert.match(table, /^\| a row \| s \| 4 \| 4\.5 \| 1\.000 \| 4 \| <= 1 \|$/m);
});
