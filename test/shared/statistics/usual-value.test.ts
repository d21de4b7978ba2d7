import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MeasureScale } from '../../../src/shared/catalog/measure-catalog.ts';
import { DistributionAccumulator } from '../../../src/shared/statistics/distribution-accumulator.ts';
import {
  robustZ,
  stabilized,
  type UsualValue,
  unstabilized,
  usualRange,
  usualValueOf,
} from '../../../src/shared/statistics/usual-value.ts';
import { seededRandom } from '../../support/seeded-random.ts';

function usualOf(values: readonly number[], scale: MeasureScale): UsualValue {
  const distribution = new DistributionAccumulator(scale);
  for (const value of values) distribution.add(value);
  const usual = usualValueOf(distribution.build(), scale);
  assert.ok(usual);
  return usual;
}

function near(actual: number, expected: number, within: number): void {
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected} +- ${within}`);
}

describe('the usual value of a measure', () => {
  it('has the median and the spread that numpy and scipy take from the values themselves', () => {
    const random = seededRandom(7);
    const values = Array.from({ length: 501 }, () => random() ** 2 * 0.9 + 0.02);
    const { median, center, below, above } = usualOf(values, 'unit');
    // numpy 2.4.6: np.median(v); t = np.log(v / (1 - v)); d = abs(t - np.median(t)); 1.4826 * max(np.median(d), np.median(d[t <= c])).
    near(median, 0.2826594, 0.0005);
    near(center, -0.9313081, 0.0025);
    near(below, 2.0158531, 0.01);
    // scipy 1.17.1: median_abs_deviation(t, scale='normal') is 1.7616456; the upper side is narrower.
    near(above, 1.7616456, 0.01);
  });

  it('needs twenty values', () => {
    const distribution = new DistributionAccumulator('unit');
    for (let i = 0; i < 19; i++) distribution.add(i / 20);
    assert.equal(usualValueOf(distribution.build(), 'unit'), undefined);
    distribution.add(0.5);
    assert.ok(usualValueOf(distribution.build(), 'unit'));
  });

  it('has a spread where more than half of the values are the same', () => {
    const constant = usualOf(new Array(50).fill(0.4), 'signed');
    assert.ok(constant.below > 0 && constant.above > 0);
    assert.equal(robustZ(0.4, constant), 0);
    // One bin is what the value is known to.
    assert.ok(Math.abs(robustZ(0.402, constant)) < 3.5);
    assert.ok(robustZ(0.5, constant) > 50);
    // 30 of 50 at one value: the mean distance of atanh from atanh(0.4), times 1.2533.
    const tied = usualOf([...new Array(30).fill(0.4), ...new Array(20).fill(0.6)], 'signed');
    near(tied.below, 1.2533 * 0.4 * (Math.atanh(0.6) - Math.atanh(0.4)), 1e-9);
  });

  it('allows a count what chance does to it', () => {
    const always = usualOf(new Array(100).fill(12), 'count');
    assert.equal(always.below, 1);
    assert.ok(Math.abs(robustZ(7, always)) < 3.5);
    assert.ok(robustZ(0, always) < -3.5);
    assert.ok(robustZ(60, always) > 3.5);
  });

  it('is the same in any order', () => {
    const random = seededRandom(3);
    const values = Array.from({ length: 200 }, () => random() * 3);
    assert.deepEqual(usualOf(values, 'log2'), usualOf([...values].reverse(), 'log2'));
  });

  it('comes back from the axis on which it was compared, at both ends of the range', () => {
    const cases: [MeasureScale, number][] = [
      ['unit', 0.37],
      ['signed', -0.81],
      ['log2', 2.5],
      ['count', 17],
    ];
    for (const [scale, value] of cases) {
      near(unstabilized(stabilized(value, scale), scale), value, 1e-9);
      const usual: UsualValue = {
        ...{ scale, median: value, center: stabilized(value, scale), below: 0.1, above: 0.2 },
      };
      const [low, high] = usualRange(usual, 3);
      near(robustZ(low, usual), -3, 1e-9);
      near(robustZ(high, usual), 3, 1e-9);
    }
  });

  it('stays finite at the ends of every scale', () => {
    for (const scale of ['unit', 'signed', 'log2', 'count'] as const) {
      for (const value of [-1, 0, 1, 1e9]) assert.ok(Number.isFinite(stabilized(value, scale)));
    }
  });
});
