import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { axisTicks, chartBars } from '../../../src/report/html/chart-bars.ts';
import { describeMeasure } from '../../../src/report/summary/distribution-summary.ts';
import { type MeasureScale, measureCatalog } from '../../../src/shared/catalog/measure-catalog.ts';
import { DistributionAccumulator } from '../../../src/shared/statistics/distribution-accumulator.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const valuesOf: Record<MeasureScale, (random: number) => number> = {
  unit: (random) => random,
  signed: (random) => random * 2 - 1,
  log2: (random) => 2 ** (random * 9 - 5),
  count: (random) => Math.floor(random * 700),
};

describe('the bars of a chart', () => {
  for (const scale of ['unit', 'signed', 'log2', 'count'] as const) {
    for (const n of [1, 2, 500]) {
      it(`hold all ${n} values of a ${scale} measure in at most 30 bars, each in its place`, () => {
        const random = seededRandom(n);
        const values = Array.from({ length: n }, () => valuesOf[scale](random()));
        const accumulator = new DistributionAccumulator(scale);
        for (const value of values) accumulator.add(value);
        const kind = measureCatalog.find((one) => one.scale === scale)!;
        const { histogram } = describeMeasure(accumulator.build(), kind)!;
        const { counts, edges } = chartBars(histogram, scale);
        assert.ok(counts.length <= 30, `${counts.length} bars`);
        assert.equal(edges.length, counts.length + 1);
        assert.equal(
          counts.reduce((sum, count) => sum + count, 0),
          n,
        );
        const width = (value: number) =>
          scale === 'log2' ? value * 0.03 : scale === 'count' ? 0 : 0.0006;
        const rest = [...values].sort((a, b) => a - b);
        counts.forEach((count, i) => {
          for (const value of rest.splice(0, count)) {
            assert.ok(value >= edges[i]! - width(value) && value <= edges[i + 1]! + width(value));
          }
        });
      });
    }
  }

  it('reach to a threshold beyond the data', () => {
    const histogram = { edges: [0.8, 0.81, 0.82], counts: [3, 4] };
    const { edges } = chartBars(histogram, 'unit', 0.97);
    assert.ok(edges.at(-1)! > 0.97);
  });

  it('have ticks at round values', () => {
    assert.deepEqual(
      axisTicks(0.8, 1, 'unit'),
      [0.8, 0.85, 0.9, 0.95, 1].filter((_, i) => i % 1 === 0),
    );
    assert.deepEqual(axisTicks(0, 25, 'count'), [0, 5, 10, 15, 20, 25]);
    assert.deepEqual(axisTicks(-2, 2, 'log2'), [-2, -1, 0, 1, 2]);
    assert.ok(axisTicks(0, 0.8, 'log2').length >= 3);
  });
});
