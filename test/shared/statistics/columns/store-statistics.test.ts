import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ColumnReader } from '../../../../src/shared/statistics/columns/column-reader.ts';
import { ColumnWriter } from '../../../../src/shared/statistics/columns/column-writer.ts';
import { storeStatistics } from '../../../../src/shared/statistics/columns/store-statistics.ts';
import type {
  MapSum,
  ShardStatistics,
} from '../../../../src/shared/statistics/shard-statistics.ts';
import { StatisticsAccumulator } from '../../../../src/shared/statistics/statistics-accumulator.ts';
import { emptyStatistics } from '../../../support/plain-statistics.ts';

const exemplar = { value: -0.5, key: 'a/b.jpg', shard: 7, row: 1 };

/** A map that covers all cells but the first. */
function mapOf(size: number, n: number): MapSum {
  const sum = Array.from({ length: size * size }, (_, i) => (i === 0 ? 0 : i * n));
  return { n, height: size, width: size, sum, cells: sum.map((_, i) => (i === 0 ? 0 : n)) };
}

function madeStatistics(): ShardStatistics {
  const unit = {
    n: 4,
    sum: 196_608,
    min: 0,
    max: 1,
    bins: [
      [0, 1],
      [700, 3],
    ],
  };
  const confidence = { ...unit, bins: unit.bins as [number, number][] };
  const attainable = {
    n: 2,
    sum: -65_536,
    min: -1,
    max: 0,
    bins: [
      [-1000, 1],
      [0, 1],
    ],
  };
  const signed = { ...attainable, bins: attainable.bins as [number, number][] };
  const log2 = { n: 1, sum: 131_072, min: 2, max: 2, bins: [[32, 1]] as [number, number][] };
  const own = {
    share: confidence,
    area: confidence,
    ceiling: log2,
    lift: log2,
    attainable: signed,
  };
  const others = { images: 2, sum: 2 ** 40 };
  const evidence = { ...own, others, layers: { model_21: 3 }, boxMap: mapOf(16, 3) };
  const boxMap = mapOf(16, 2);
  const { cells: _, ...fused } = mapOf(32, 300_000);
  return {
    ...emptyStatistics(),
    ...{ images: 5, statuses: { success: 5 }, objects: 4, imagesWithObjects: 3, flaggedImages: 1 },
    reasons: { 'it is cut': { status: 'failed_to_decode', count: 1, keys: ['ä.jpg'] } },
    classes: {
      11: { objects: 1, images: 1, confidence, boxArea: confidence, boxMap, evidence },
      7: {
        objects: 3,
        images: 2,
        confidence,
        boxArea: confidence,
        boxMap: { ...boxMap, n: 0, sum: [] },
      },
    },
    measures: { entropy_fused: confidence, layer_agreement: signed },
    energyByArea: [[3, 19, 70_000]],
    flags: { diffuse: { count: 300, exemplars: [exemplar, { ...exemplar, row: 2 }] } },
    extremes: { layer_agreement: { lowest: [exemplar], highest: [] } },
    evenSample: [{ ...exemplar, key: 'ä/🙂.jpg', value: 2 ** 52 }],
    meanMaps: { fused },
    aspectRatios: [[-3, 2]],
  };
}

test('statistics that are stored and merged are what they were', () => {
  const statistics = madeStatistics();
  const { cells: _, ...empty } = mapOf(16, 0);
  statistics.classes[7]!.boxMap = { ...empty, sum: [] };
  const accumulator = new StatisticsAccumulator();
  accumulator.merge(storeStatistics(statistics));
  assert.deepEqual(accumulator.build(), statistics);
});

test('columns that are cut, longer, of another version or out of order are refused', () => {
  const stored = storeStatistics(madeStatistics());
  const { columns, names } = stored;
  const version = Uint8Array.from(columns);
  version[0] = 2;
  const damaged = [
    { ...stored, columns: new Uint8Array() },
    { ...stored, columns: columns.subarray(0, -1) },
    { ...stored, columns: Buffer.concat([columns, new Uint8Array(8)]) },
    { ...stored, columns: version },
    { ...stored, names: { ...names, classes: ['7'] } },
    { ...stored, names: { ...names, layers: [] } },
    { ...stored, names: { ...names, flags: [] } },
    { ...stored, names: { ...names, extremes: [...names.extremes, 'entropy_fused'] } },
    { ...stored, names: { ...names, measures: ['entropy_fused'] } },
    { ...stored, names: { ...names, measures: ['layer_agreement', 'not_a_measure'] } },
    { ...stored, names: { ...names, meanMaps: ['fused', 'model_15'] } },
  ];
  for (const one of damaged) {
    assert.throws(
      () => new StatisticsAccumulator().merge(one),
      RangeError,
      JSON.stringify(one.names),
    );
  }
});

test('columns at any place in memory are read', () => {
  const stored = storeStatistics(madeStatistics());
  const moved = new Uint8Array(stored.columns.length + 3).subarray(3);
  moved.set(stored.columns);
  const accumulator = new StatisticsAccumulator();
  accumulator.merge({ ...stored, columns: moved });
  assert.deepEqual(accumulator.build().statuses, { success: 5 });
});

test('counts take as few bytes as their largest, and what is not a count is refused', () => {
  const lists = [[], [0, 255], [256], [65_536, 1], [2 ** 32, Number.MAX_SAFE_INTEGER]];
  const writer = new ColumnWriter();
  for (const list of lists) writer.counts(list);
  writer.numbers([-0.5]);
  const bytes = writer.finish();
  assert.equal(bytes.length, 32 + 8 * 3 + 4 * 2 + 2 + 2 + 6 * 5);
  const reader = new ColumnReader(bytes);
  for (const list of lists) {
    const { values, start, end } = reader.counts();
    assert.deepEqual([...values.subarray(start, end)], list);
  }
  assert.throws(() => reader.counts(1), RangeError);
  for (const value of [-1, 0.5, Number.NaN, 2 ** 53]) {
    assert.throws(() => new ColumnWriter().counts([value]), RangeError);
  }
  assert.throws(() => new ColumnWriter().numbers([Number.NaN]), RangeError);
});
