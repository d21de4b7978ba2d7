import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tiedComponents } from '../../../src/verdict/compare/maps/map-similarities.ts';
import {
  linearCka,
  mapCorrelation,
  spanSimilarity,
} from '../../../src/verdict/compare/maps/map-similarity.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const random = seededRandom(3);
const noise = (cells: number) => Float32Array.from({ length: cells }, () => random() - 0.5);

describe('the likeness of maps', () => {
  it("is Pearson's correlation, whatever offset and scale", () => {
    assert.ok(Math.abs(mapCorrelation([1, 2, 3], [10, 20, 30])! - 1) < 1e-12);
    assert.ok(Math.abs(mapCorrelation([1, 2, 3], [3, 2, 1])! + 1) < 1e-12);
    // By hand: covariance 4 / 3 over sqrt(2 / 3 * 8 / 3).
    assert.ok(Math.abs(mapCorrelation([1, 2, 3], [0, 4, 2])! - 0.5) < 1e-12);
    assert.equal(mapCorrelation([1, 1, 1], [1, 2, 3]), undefined);
  });

  it('of two spans stays 1 when components turn within their span, where each by itself does not', () => {
    const [one, two] = [noise(400), noise(400)];
    const turned = (angle: number) =>
      one.map((value, i) => Math.cos(angle) * value + Math.sin(angle) * two[i]!);
    const [first, second] = [turned(1.2), turned(1.2 + Math.PI / 2)];
    assert.ok(Math.abs(mapCorrelation(one, first)!) < 0.5);
    assert.ok(Math.abs(spanSimilarity([one, two], [first, second])! - 1) < 1e-6);
    const other = spanSimilarity([one, two], [noise(400), noise(400)])!;
    assert.ok(other < 0.3, `${other}`);
  });

  it('of a span is |correlation| for one map', () => {
    const [one, two] = [noise(50), noise(50)];
    const expected = Math.abs(mapCorrelation(one, two)!);
    assert.ok(Math.abs(spanSimilarity([one], [two])! - expected) < 1e-12);
    assert.equal(spanSimilarity([one, one], [one, two]), undefined);
  });
});

describe('linear CKA', () => {
  it('is 1 for the same maps with their cells rotated, and near 0 for unrelated ones', () => {
    const maps = Array.from({ length: 40 }, () => noise(300));
    const swapped = maps.map((map) => map.map((value) => -value));
    const mirrored = maps.map((map) => Float32Array.from(map).reverse());
    assert.ok(Math.abs(linearCka(maps, swapped)! - 1) < 1e-9);
    assert.ok(Math.abs(linearCka(maps, mirrored)! - 1) < 1e-9);
    const unrelated = linearCka(
      maps,
      Array.from({ length: 40 }, () => noise(300)),
    )!;
    assert.ok(Math.abs(unrelated) < 0.2, `${unrelated}`);
  });

  it('is not taken over fewer than ten images', () => {
    const maps = Array.from({ length: 9 }, () => noise(20));
    assert.equal(linearCka(maps, maps), undefined);
  });
});

describe('tiedComponents', () => {
  it('counts components from the first on whose variances are within 5 %', () => {
    const measures = {
      explained_variance_model_15: 0.3,
      explained_variance_model_15_pc2: 0.29,
      explained_variance_model_15_pc3: 0.1,
    };
    assert.equal(tiedComponents(measures, 'model_15', 3), 2);
    assert.equal(tiedComponents(measures, 'model_15', 1), 1);
    const apart = { ...measures, explained_variance_model_15_pc2: 0.28 };
    assert.equal(tiedComponents(apart, 'model_15', 3), 1);
  });
});
