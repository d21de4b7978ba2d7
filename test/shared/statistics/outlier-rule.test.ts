import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DistributionAccumulator } from '../../../src/shared/statistics/distribution-accumulator.ts';
import { outlierRuleOf, unusualMeasures } from '../../../src/shared/statistics/outlier-rule.ts';
import type { Distribution } from '../../../src/shared/statistics/shard-statistics.ts';
import { seededRandom } from '../../support/seeded-random.ts';

type Rows = readonly Readonly<Record<string, number>>[];
const scales = {
  layer_agreement: 'signed',
  entropy_fused: 'unit',
  entropy_model_15: 'unit',
  box_area: 'unit',
  box_lift_fused: 'log2',
  sign_margin_model_15: 'unit',
  explained_variance_model_15: 'unit',
  explained_variance_model_15_pc2: 'unit',
} as const;

function ruleOf(rows: Rows, threshold = 3.5) {
  const measures: Record<string, Distribution> = {};
  for (const [column, scale] of Object.entries(scales)) {
    const distribution = new DistributionAccumulator(scale);
    for (const row of rows) distribution.add(row[column] ?? Number.NaN);
    measures[column] = distribution.build();
  }
  return outlierRuleOf({ measures }, threshold);
}

function outliersOf(rows: Rows, threshold?: number): number[] {
  const rule = ruleOf(rows, threshold);
  return rows.flatMap((row, i) =>
    unusualMeasures(rule, (name) => row[name]).length > 0 ? [i] : [],
  );
}

/** About normal around 0.2. */
function agreements(count: number, seed = 1): { layer_agreement: number }[] {
  const random = seededRandom(seed);
  const normal = () => Array.from({ length: 12 }, random).reduce((sum, one) => sum + one, -6);
  return Array.from({ length: count }, () => ({ layer_agreement: 0.2 + 0.04 * normal() }));
}

describe('images that are odd in their dataset', () => {
  it('are found by a measure that is usual elsewhere', () => {
    const rows = agreements(60).map((row, i) => (i === 7 ? { layer_agreement: -0.02 } : row));
    assert.deepEqual(outliersOf(rows), [7]);
    const [unusual] = unusualMeasures(ruleOf(rows), (name) => rows[7]?.[name as never]);
    assert.equal(unusual?.measure, 'layer_agreement');
    assert.equal(unusual?.value, -0.02);
    assert.ok(Math.abs((unusual?.usual ?? 0) - 0.2) < 0.02 && (unusual?.z ?? 0) < -3.5);
    // The same value is nothing where it is usual.
    assert.deepEqual(outliersOf(rows.map(() => ({ layer_agreement: -0.02 }))), []);
  });

  it('are not hidden by each other: three of 24', () => {
    const odd = [3, 11, 20];
    const rows = agreements(24).map((row, i) =>
      odd.includes(i) ? { layer_agreement: -0.1 } : row,
    );
    assert.deepEqual(outliersOf(rows), odd);
  });

  it('are none where a fourth of the images differ: those are a group', () => {
    const rows = agreements(100).map((row, i) => (i % 4 === 0 ? { layer_agreement: 0.9 } : row));
    assert.deepEqual(outliersOf(rows), []);
  });

  it('are none in a dataset of less than twenty', () => {
    const rows = agreements(19).map((row, i) => (i === 7 ? { layer_agreement: -0.9 } : row));
    assert.equal(ruleOf(rows).usual.size, 0);
    assert.deepEqual(outliersOf(rows), []);
  });

  it('are judged by the fused map, the image and first components, each meaning once', () => {
    const rows = agreements(30).map((row) => ({
      ...Object.fromEntries(Object.keys(scales).map((name) => [name, 0.5])),
      ...row,
    }));
    assert.deepEqual([...ruleOf(rows).usual.keys()].sort(), [
      'box_area',
      'box_lift_fused',
      'entropy_fused',
      'explained_variance_model_15',
      'layer_agreement',
    ]);
  });

  it('have to be the odder, the more is compared', () => {
    assert.equal(ruleOf(agreements(30)).limit, 3.5);
    const two = agreements(30).map((row) => ({ ...row, entropy_fused: 0.9 }));
    assert.equal(ruleOf(two).limit, Math.sqrt(3.5 ** 2 + 2 * Math.log(2)));
  });

  it('follow the threshold', () => {
    const rows = agreements(60).map((row, i) => (i === 7 ? { layer_agreement: -0.02 } : row));
    assert.deepEqual(outliersOf(rows, 100), []);
  });

  it('are not those without an object, whose boxes have no area to compare', () => {
    const random = seededRandom(5);
    const rows = Array.from({ length: 60 }, (_, i) => ({
      box_area: i % 10 === 0 ? 0 : 0.3 + 0.1 * random(),
    }));
    assert.deepEqual(outliersOf(rows), []);
    assert.deepEqual(outliersOf([...rows, { box_area: 0.001 }]), [60]);
  });

  it('are rare among values of one distribution', () => {
    // 10,000 normal values: 0.05 % lie beyond 3.5 standard deviations.
    const found = outliersOf(agreements(10_000));
    assert.ok(found.length <= 12, `${found.length} of 10,000`);
  });
});
