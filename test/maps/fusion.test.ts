import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fuseMaps, type LayerMap, normalizeMap } from '../../src/maps/fusion.ts';
import { fusions } from '../../src/shared/run/run-spec.ts';

const ones = Float32Array.of(1, 1, 1, 1);

function layer(values: readonly number[], explainedVariance = 0.5, mask = ones): LayerMap {
  return { map: Float32Array.from(values), mask, gridWidth: 4, gridHeight: 1, explainedVariance };
}

function fuse(maps: readonly LayerMap[], fusion: (typeof fusions)[number], mask = ones): number[] {
  const fused = fuseMaps({ maps, fusion, width: 4, height: 1, frameMask: mask });
  return [...fused].map((value) => Number(value.toFixed(4)));
}

test('negative values become 0 and the rest is stretched to [0, 1]', () => {
  const out = normalizeMap(Float32Array.of(-5, 0, 1, 4), ones);
  assert.deepEqual(
    [...out].map((value) => Number(value.toFixed(5))),
    [0, 0, 0.25, 1],
  );
});

test('cells outside the mask neither count nor keep a value', () => {
  const out = normalizeMap(Float32Array.of(100, 2, 3, 4), Float32Array.of(0, 1, 1, 1));
  assert.deepEqual(
    [...out].map((value) => Number(value.toFixed(5))),
    [0, 0, 0.5, 1],
  );
});

test('a constant map and an all-negative map become zeros', () => {
  assert.deepEqual([...normalizeMap(Float32Array.of(3, 3, 3, 3), ones)], [0, 0, 0, 0]);
  assert.deepEqual([...normalizeMap(Float32Array.of(-1, -2, -3, -4), ones)], [0, 0, 0, 0]);
});

test('under a mask without cells every map becomes zeros', () => {
  const none = new Float32Array(4);
  for (const map of [Float32Array.of(0, 1, 2, 0), Float32Array.of(-3, -1, -2, -1), none]) {
    assert.deepEqual([...normalizeMap(map, none)], [0, 0, 0, 0]);
  }
});

test('mean, max and explained-variance weights follow their definitions', () => {
  const maps = [layer([0, 1, 2, 4], 0.9), layer([4, 0, 0, 2], 0.1)];
  // Normalized: [0, .25, .5, 1] and [1, 0, 0, .5].
  assert.deepEqual(fuse(maps, 'mean'), [0.6, 0, 0.2, 1]);
  assert.deepEqual(fuse(maps, 'max'), [1, 0, 0.3333, 1]);
  // 0.9 a + 0.1 b = [.1, .225, .45, .95].
  assert.deepEqual(fuse(maps, 'variance'), [0, 0.1471, 0.4118, 1]);
});

test('the geometric mean favors agreement, and a blank layer does not erase the others', () => {
  const agreeing = fuse([layer([0, 1, 2, 4]), layer([4, 0, 2, 4])], 'geometric');
  assert.equal(agreeing[3], 1);
  assert.ok(agreeing[2]! > agreeing[0]! && agreeing[0]! >= agreeing[1]!);
  const alone = fuse([layer([0, 1, 2, 4])], 'geometric');
  assert.deepEqual(alone, [0, 0.25, 0.5, 1]);
  const withBlank = fuse([layer([0, 1, 2, 4]), layer([0, 0, 0, 0])], 'geometric');
  assert.equal(withBlank[3], 1);
  assert.ok(withBlank[1]! < withBlank[2]! && withBlank[1]! > 0);
});

test('every rule gives back a single layer, and zeros for blank layers', () => {
  for (const fusion of fusions) {
    assert.deepEqual(fuse([layer([0, 1, 2, 4])], fusion), [0, 0.25, 0.5, 1], fusion);
    assert.deepEqual(fuse([layer([0, 0, 0, 0], 0)], fusion), [0, 0, 0, 0], fusion);
  }
});

test('padding cells of a coarse layer do not darken the content beside them', () => {
  const mask = Float32Array.of(0, 1, 1, 0);
  const coarse: LayerMap = {
    map: Float32Array.of(0, 1, 2, 0),
    mask,
    gridWidth: 4,
    gridHeight: 1,
    explainedVariance: 1,
  };
  const fused = (width: number): number[] => {
    const frameMask = new Float32Array(width).fill(1, width / 4, (3 * width) / 4);
    return [...fuseMaps({ maps: [coarse], fusion: 'mean', width, height: 1, frameMask })].map(
      (value) => Number(value.toFixed(4)),
    );
  };
  assert.deepEqual(fused(8), [0, 0, 0, 0.25, 0.75, 1, 0, 0]);
  // The same mask in another frame has other edges.
  const sixteen = [0, 0, 0, 0, 0, 0, 0.125, 0.375, 0.625, 0.875, 1, 1, 0, 0, 0, 0];
  assert.deepEqual(fused(16), sixteen);
});

test('a layer of the width of the frame and another height is resized too', () => {
  const frameMask = new Float32Array(8).fill(1);
  const one = layer([0, 1, 2, 4]);
  const fused = fuseMaps({ maps: [one], fusion: 'mean', width: 4, height: 2, frameMask });
  const row = [0, 0.25, 0.5, 1];
  assert.deepEqual(
    [...fused].map((value) => Number(value.toFixed(4))),
    [...row, ...row],
  );
});

test('no maps at all is a mistake of the caller', () => {
  assert.throws(() => fuse([], 'mean'), /at least one map/);
});

test('three real layers fuse to what pytorch-grad-cam makes of them at the letterbox size', () => {
  const file = new URL('../../../test/golden/fusion/BloodImage_00011.f32', import.meta.url);
  const numbers = new Float32Array(Uint8Array.from(readFileSync(file)).buffer);
  let from = 0;
  const maps = [40, 20, 10].map((side) => {
    const map = numbers.slice(from, from + side * side);
    from += side * side;
    const mask = new Float32Array(side * side).fill(1);
    return { map, mask, gridWidth: side, gridHeight: side, explainedVariance: 0 };
  });
  const frameMask = new Float32Array(320 * 320).fill(1);
  const fused = fuseMaps({ maps, fusion: 'mean', width: 320, height: 320, frameMask });
  const expected = numbers.subarray(from);
  assert.equal(expected.length, 64 * 64);
  expected.forEach((value, i) => {
    const actual = fused[Math.floor(i / 64) * 5 * 320 + (i % 64) * 5]!;
    assert.ok(Math.abs(actual - value) < 1e-5, `${i}: ${actual} instead of ${value}`);
  });
});

test('every rule over two grids is what numpy computes', () => {
  const fine = Float32Array.from(
    { length: 16 },
    (_, i) => ((7 * Math.floor(i / 4) + 3 * (i % 4)) % 11) - 4,
  );
  const size = (side: number) => ({
    gridWidth: side,
    gridHeight: side,
    mask: new Float32Array(side * side).fill(1),
  });
  const maps: LayerMap[] = [
    { map: fine, ...size(4), explainedVariance: 0.6 },
    { map: Float32Array.of(3, -1, 0.5, 2), ...size(2), explainedVariance: 0.2 },
  ];
  // numpy 2.4.6: relu, min-max, bilinear about cell centers, the rule (weights 0.75 and 0.25; exp of the mean of log(m + 0.001)), min-max.
  const expected = {
    mean: [
      0.5271, 0.3411, 0.2171, 0.4031, 0.7442, 1, 0.0233, 0.031, 0.062, 0.3333, 0.7519, 0.155,
      0.6512, 0, 0.3101, 0.7752,
    ],
    max: [1, 0.7, 0.2, 0.8, 0.75, 1, 0.1875, 0, 0.25, 0.2875, 0.8, 0.4, 1, 0.15, 0.45, 0.6],
    variance: [
      0.2118, 0.1371, 0.2866, 0.6604, 0.5981, 1, 0.0093, 0.1121, 0.0249, 0.3333, 0.8006, 0.0623,
      0.8598, 0, 0.2243, 0.7103,
    ],
    geometric: [
      0.0186, 0.0132, 0.349, 0.0151, 0.7849, 1, 0.0011, 0.1928, 0.0029, 0.4505, 0.7796, 0.0068,
      0.5026, 0, 0.3643, 0.8329,
    ],
  };
  for (const fusion of fusions) {
    const { mask: frameMask } = size(4);
    const fused = fuseMaps({ maps, fusion, width: 4, height: 4, frameMask });
    fused.forEach((value, i) => {
      assert.ok(
        Math.abs(value - (expected[fusion][i] ?? 0)) < 1e-4,
        `${fusion}, cell ${i}: ${value}`,
      );
    });
  }
});
