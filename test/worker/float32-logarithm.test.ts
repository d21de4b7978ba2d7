import assert from 'node:assert/strict';
import { test } from 'node:test';
import { float32Logarithm } from '../../src/worker/float32-logarithm.ts';
import { seededRandom } from '../support/seeded-random.ts';

function assertNear(values: Float32Array): void {
  const bits = new Int32Array(values.buffer);
  values.forEach((value, i) => {
    const [taken, expected] = [float32Logarithm(bits[i]!), Math.log(value)];
    assert.ok(Math.abs(taken - expected) < 5e-14, `ln ${value}: ${taken} instead of ${expected}`);
  });
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
