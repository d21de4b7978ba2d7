import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entropySum } from '../../src/kernels/map-sums.ts';
import { seededRandom } from '../support/seeded-random.ts';

function assertNear(values: Float32Array): void {
  for (const value of values) {
    const taken = entropySum(Float32Array.of(value), Float64Array.of(1)) / value;
    const expected = Math.log(value);
    assert.ok(Math.abs(taken - expected) < 6e-14, `ln ${value}: ${taken} instead of ${expected}`);
  }
}

test('the logarithm of a float32 is that of Math.log to thirteen digits', () => {
  const random = seededRandom(1);
  assertNear(Float32Array.from({ length: 20_000 }, () => random()));
  assertNear(Float32Array.from({ length: 20_000 }, () => 2 ** (random() * 250 - 125)));
});

test('it holds at the edges of mantissa, table and exponent', () => {
  const edges = [1, 2, 0.5, 1 + 2 ** -23, 2 - 2 ** -23, 1 + 2 ** -11, 1 + 2 ** -12, 3];
  assertNear(Float32Array.from([...edges, 2 ** -126, 3.4e38]));
});

test('the sum weights each cell with its area and leaves nothing out, of any number of cells', () => {
  const random = seededRandom(2);
  for (const cells of [1, 2, 3, 4, 5, 31, 400]) {
    const map = Float32Array.from({ length: cells }, () => random());
    const areas = Float64Array.from({ length: cells }, () => random());
    let expected = 0;
    map.forEach((value, i) => {
      expected += (areas[i] ?? 0) * value * Math.log(value);
    });
    const taken = entropySum(map, areas);
    assert.ok(Math.abs(taken - expected) < 1e-12 * cells, `${cells}: ${taken}, not ${expected}`);
  }
});

test('a zero adds nothing', () => {
  assert.equal(entropySum(Float32Array.of(0, 0, 0), Float64Array.of(1, 1, 1)), 0);
});
