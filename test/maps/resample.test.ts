import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resampleBilinear } from '../../src/maps/resample.ts';

test('2 x 1 to 4 x 1 uses half-pixel centers and goes on with the edge value', () => {
  const out = resampleBilinear(
    Float32Array.of(0, 8),
    { width: 2, height: 1 },
    { width: 4, height: 1 },
  );
  assert.deepEqual([...out], [0, 2, 6, 8]);
});

test('2 x 2 to 3 x 3 has the mean in the middle', () => {
  const out = resampleBilinear(
    Float32Array.of(0, 1, 2, 7),
    { width: 2, height: 2 },
    { width: 3, height: 3 },
  );
  assert.deepEqual([...out], [0, 0.5, 1, 1, 2.5, 4, 2, 4.5, 7]);
});

test('shrinking looks at two neighbors only, without antialias', () => {
  const size = { width: 6, height: 1 };
  const out = resampleBilinear(Float32Array.of(9, 1, 9, 9, 2, 9), size, { width: 2, height: 1 });
  assert.deepEqual([...out], [1, 2]);
});

test('one cell becomes a constant map, and the same size is a copy', () => {
  const one = Float32Array.of(3);
  const size = { width: 1, height: 1 };
  assert.deepEqual([...resampleBilinear(one, size, { width: 2, height: 2 })], [3, 3, 3, 3]);
  const copy = resampleBilinear(one, size, size);
  copy[0] = 4;
  assert.equal(one[0], 3);
});
