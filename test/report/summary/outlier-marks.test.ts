import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OutlierMarks } from '../../../src/report/summary/outlier-marks.ts';
import { collectAllGarbage } from '../../../src/shared/host/garbage-collection.ts';
import type { Table } from '../../../src/shared/results/parquet-table.ts';
import { DistributionAccumulator } from '../../../src/shared/statistics/distribution-accumulator.ts';
import { outlierRuleOf } from '../../../src/shared/statistics/outlier-rule.ts';
import { emptyStatistics } from '../../support/plain-statistics.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const rowsPerShard = 10_000;

/** Rows of a shard whose layers agree to 0.2, but one in 10,000 to less than 0. */
function agreementOf(shard: number): number[] {
  const random = seededRandom(shard + 1);
  const agreement = new Array<number>(rowsPerShard);
  for (let i = 0; i < rowsPerShard; i++) agreement[i] = 0.15 + 0.1 * random();
  agreement[shard] = -0.1 - shard / 1000;
  return agreement;
}

function tableOf(shard: number): Table {
  const agreement = agreementOf(shard);
  const each = (of: (row: number) => unknown) =>
    Array.from({ length: rowsPerShard }, (_, i) => of(i));
  const columns = new Map<string, readonly unknown[]>([
    ['key', each((row) => `image-${shard}-${row}`)],
    ['shard', each(() => shard)],
    ['shard_row', each((row) => row)],
    ['flags', each((row) => (row === 0 ? ['diffuse'] : []))],
    ['layer_agreement', agreement],
  ]);
  return {
    schema: [{ name: 'root', num_children: columns.size }],
    rowCount: rowsPerShard,
    columns,
  };
}

test('the outliers of a million images are found in the memory of some', () => {
  const shards = Array.from({ length: 100 }, (_, shard) => shard);
  const distribution = new DistributionAccumulator('signed');
  for (const shard of shards) {
    for (const value of agreementOf(shard)) distribution.add(value);
  }
  const rule = outlierRuleOf({ measures: { layer_agreement: distribution.build() } }, 3.5);
  const marks = new OutlierMarks(rule);
  marks.mark(tableOf(0));
  collectAllGarbage();
  const before = process.memoryUsage().heapUsed;
  for (const shard of shards.slice(1)) {
    const { columns, schema } = marks.mark(tableOf(shard));
    assert.equal(schema[0]?.num_children, 6);
    assert.deepEqual(columns.get('flags')?.[shard], ['outlier']);
    assert.deepEqual(columns.get('unusual')?.[shard - 1], []);
  }
  collectAllGarbage();
  const grown = process.memoryUsage().heapUsed - before;
  // A number kept for each image would be 8 MB.
  assert.ok(grown < 5e6, `${grown} bytes more`);
  const { flags, flaggedImages } = marks.addTo({ ...emptyStatistics(), flaggedImages: 100 });
  assert.equal(flags.outlier?.count, 100);
  // The first shard's is its row 0, which has another flag already.
  assert.equal(flaggedImages, 199);
  const summary = marks.build();
  assert.deepEqual(
    summary?.images.map(({ shard, row }) => [shard, row]),
    [99, 98, 97, 96, 95, 94, 93, 92].map((place) => [place, place]),
  );
  assert.equal(summary?.images[0]?.unusual[0]?.value, -0.199);
  assert.equal(summary?.measures[0]?.images, 100);
});
