import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MeasureScale } from '../../../src/shared/catalog/measure-catalog.ts';
import {
  binOf,
  emptyDistribution,
  histogramOf,
  meanOf,
  quantileOf,
  scaleRange,
  sumTermOf,
  valueOfBin,
} from '../../../src/shared/statistics/distribution.ts';
import { DistributionAccumulator } from '../../../src/shared/statistics/distribution-accumulator.ts';
import type { Distribution } from '../../../src/shared/statistics/shard-statistics.ts';
import { seededRandom } from '../../support/seeded-random.ts';

function distributionOf(values: readonly number[], scale: MeasureScale): Distribution {
  const accumulator = new DistributionAccumulator(scale);
  for (const value of values) accumulator.add(value);
  return accumulator.build();
}

test('values fall into the bins that the catalog defines', () => {
  const cases: [number, MeasureScale, number][] = [
    [0, 'unit', 0],
    [0.1234, 'unit', 123],
    [0.1236, 'unit', 124],
    [1, 'unit', 1000],
    [1.5, 'unit', 1000],
    [-0.25, 'signed', -250],
    [-7, 'signed', -1000],
    [1, 'log2', 0],
    [2, 'log2', 32],
    [0.5, 'log2', -32],
    [0, 'log2', -320],
    [1e-9, 'log2', -320],
    [1e9, 'log2', 320],
    [7, 'count', 7],
    [5000, 'count', 1000],
  ];
  for (const [value, scale, bin] of cases) assert.equal(binOf(value, scale), bin);
  assert.ok(Object.is(binOf(-0.0001, 'signed'), 0));
});

test('the value of a bin falls into that bin', () => {
  for (const scale of ['unit', 'signed', 'log2', 'count'] as const) {
    const { lowestBin, highestBin } = scaleRange[scale];
    for (let bin = lowestBin; bin <= highestBin; bin++) {
      assert.equal(binOf(valueOfBin(bin, scale), scale), bin);
    }
  }
});

test('a distribution holds count, sum, extremes and bins', () => {
  assert.deepEqual(distributionOf([0.5, 0.25, 0.5], 'unit'), {
    n: 3,
    sum: 1.25 * 65536,
    min: 0.25,
    max: 0.5,
    bins: [
      [250, 1],
      [500, 2],
    ],
  });
});

test('values that are not finite never enter', () => {
  const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  assert.deepEqual(distributionOf(values, 'log2'), emptyDistribution());
});

test('minus zero is written as zero', () => {
  const { min, max } = distributionOf([-0], 'signed');
  assert.ok(Object.is(min, 0) && Object.is(max, 0));
});

test('a bin outside the scale is refused', () => {
  const accumulator = new DistributionAccumulator('unit');
  assert.throws(() => accumulator.addBin(1001, 1), RangeError);
  assert.throws(() => accumulator.addBin(-1, 1), RangeError);
});

test('the largest sum of ten million images is an exact integer', () => {
  for (const scale of ['unit', 'signed', 'log2', 'count'] as const) {
    for (const value of [1e300, -1e300]) {
      assert.ok(Number.isSafeInteger(sumTermOf(value, scale) * 10_000_000));
    }
  }
});

test('the mean is exact to the fixed point', () => {
  assert.equal(meanOf(distributionOf([0.25, 0.75], 'unit')), 0.5);
  assert.equal(meanOf(distributionOf([3, 4], 'count')), 3.5);
  assert.equal(meanOf(emptyDistribution()), undefined);
});

test('quantiles are within one bin of the exact nearest-rank quantile', () => {
  const random = seededRandom(7);
  const values = Array.from({ length: 1001 }, () => random() ** 3);
  const sorted = values.toSorted((a, b) => a - b);
  const unit = distributionOf(values, 'unit');
  const lift = distributionOf(
    values.map((value) => 8 * value),
    'log2',
  );
  for (const q of [0, 0.01, 0.25, 0.5, 0.75, 0.99, 1]) {
    const exact = sorted[Math.max(0, Math.ceil(q * 1001) - 1)] as number;
    assert.ok(Math.abs((quantileOf(unit, 'unit', q) as number) - exact) <= 0.001);
    const ratio = Math.log2(
      (quantileOf(lift, 'log2', q) as number) / Math.max(8 * exact, 2 ** -10),
    );
    assert.ok(Math.abs(ratio) <= 1 / 32);
  }
  assert.equal(quantileOf(emptyDistribution(), 'unit', 0.5), undefined);
});

test('a quantile never leaves the range of the values', () => {
  const one = distributionOf([0.12345], 'unit');
  assert.equal(quantileOf(one, 'unit', 0.5), 0.12345);
});

test('a histogram covers the scale and loses no value', () => {
  const unit = histogramOf(distributionOf([0, 0.05, 0.1, 0.999, 1], 'unit'), 'unit', 10);
  assert.deepEqual(unit.counts, [2, 1, 0, 0, 0, 0, 0, 0, 0, 2]);
  assert.equal(unit.edges.length, 11);
  assert.deepEqual([unit.edges[0], unit.edges[10]], [0, 1]);
  const lift = histogramOf(distributionOf([0.3, 1, 3.9], 'log2'), 'log2', 4);
  assert.deepEqual(lift, { edges: [0.25, 0.5, 1, 2, 4], counts: [1, 0, 1, 1] });
  const objects = histogramOf(distributionOf([0, 1, 3], 'count'), 'count', 4);
  assert.deepEqual(objects, { edges: [0, 1, 2, 3, 4], counts: [1, 1, 0, 1] });
});
