import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PoolList } from '../../../src/shared/statistics/columns/column-layout.ts';
import { MapSumAccumulator, mapUnit, meanMapOf } from '../../../src/shared/statistics/map-sum.ts';

test('maps are summed in whole units and their mean comes back', () => {
  const accumulator = new MapSumAccumulator(1, 2);
  accumulator.add(new Float32Array([0, 1]));
  accumulator.add(new Float32Array([0.5, 1]));
  const sum = accumulator.build();
  assert.deepEqual(sum, { n: 2, height: 1, width: 2, sum: [2048, 2 * mapUnit] });
  const mean = meanMapOf(sum);
  assert.ok(Math.abs((mean[0] as number) - 0.25) < 1 / mapUnit);
  assert.equal(mean[1], 1);
});

/** As columns have a list, among others. */
function listOf(...values: readonly number[]): PoolList {
  return { values: Float64Array.of(9, ...values, 9), start: 1, end: 1 + values.length };
}

test('a cell that a map does not cover is left out of the mean of that cell', () => {
  const accumulator = new MapSumAccumulator(1, 3);
  accumulator.add(new Float32Array([1, Number.NaN, Number.NaN]));
  accumulator.add(new Float32Array([0, 1, Number.NaN]));
  const sum = accumulator.build();
  assert.deepEqual(sum.cells, [2, 1, 0]);
  assert.deepEqual(Array.from(meanMapOf(sum)), [0.5, 1, Number.NaN]);
});

test('merging a sum that covers all cells with one that does not keeps both counts', () => {
  const merged = new MapSumAccumulator(1, 2);
  merged.addSums(1, listOf(mapUnit, mapUnit));
  merged.addSums(1, listOf(0, 0));
  merged.addCells(1, listOf(1, 0));
  assert.deepEqual(merged.build(), {
    ...{ n: 2, height: 1, width: 2 },
    sum: [mapUnit, mapUnit],
    cells: [2, 1],
  });
});

test('a map that covers nothing is not counted, values outside of [0, 1] are clamped', () => {
  const accumulator = new MapSumAccumulator(1, 2);
  accumulator.add(new Float32Array([Number.NaN, Number.POSITIVE_INFINITY]));
  assert.deepEqual(accumulator.build(), { n: 0, height: 1, width: 2, sum: [] });
  accumulator.add(new Float32Array([-3, 7]));
  assert.deepEqual(accumulator.build().sum, [0, mapUnit]);
});

test('a sum of another size is refused', () => {
  const accumulator = new MapSumAccumulator(2, 2);
  assert.throws(() => accumulator.addSums(1, listOf(1, 2, 3)), RangeError);
  assert.throws(() => accumulator.addCells(1, listOf(1, 2, 3)), RangeError);
});
