import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawsAtOnce, studentized, studentizedPair } from '../../src/kernels/resampled-ratios.ts';
import { ranked } from '../../src/shared/statistics/ranked.ts';
import { seededRandom } from '../support/seeded-random.ts';

interface Draw {
  readonly residuals: Float64Array;
  readonly weights: Float64Array;
  /** How often each group was drawn. */
  readonly counts: readonly number[];
}

/** The formula, group by group. */
function studentOf({ residuals, weights, counts }: Draw): number {
  let [residual, total, squares] = [0, 0, 0];
  for (const [g, count] of counts.entries()) {
    residual += count * residuals[g]!;
    total += count * weights[g]!;
  }
  if (!(total > 0)) return 0;
  const shift = residual / total;
  for (const [g, count] of counts.entries()) {
    const centered = residuals[g]! - shift * weights[g]!;
    squares += count * centered * centered;
  }
  const error = Math.sqrt((squares * counts.length) / (counts.length - 1)) / total;
  return error > 1e-12 ? shift / error : 0;
}

test('eight draws at a time give the numbers of one at a time, to the bit', () => {
  const random = seededRandom(3);
  for (const groups of [5, 6, 31]) {
    const weights = Float64Array.from({ length: groups }, (_, g) => (g < 2 ? 0 : random() * 9));
    const residuals = Float64Array.from(weights, () => random() - 0.5);
    const draws = Uint8Array.from({ length: 3 * drawsAtOnce * groups }, () => 4 * random() ** 2);
    // A draw of groups without weight, and one of a single group: neither says anything.
    for (let g = 0; g < groups; g++) draws[g * drawsAtOnce] = g < 2 ? 3 : 0;
    for (let g = 0; g < groups; g++) draws[g * drawsAtOnce + 1] = g === 3 ? groups : 0;
    const expected = Array.from({ length: 3 * drawsAtOnce }, (_, draw) => {
      const start = (draw - (draw % drawsAtOnce)) * groups + (draw % drawsAtOnce);
      const counts = Array.from({ length: groups }, (_, g) => draws[start + g * drawsAtOnce]!);
      return studentOf({ residuals, weights, counts });
    });
    assert.deepEqual([...studentized({ residuals, weights }, draws)], expected);
    assert.deepEqual(expected.slice(0, 2), [0, 0]);
  }
});

/** The formula of a sum of two ratios. */
function studentOfTwo(parts: readonly Omit<Draw, 'counts'>[], counts: readonly number[]): number {
  const influences = counts.map(() => 0);
  let distance = 0;
  for (const { residuals, weights } of parts) {
    let [residual, total] = [0, 0];
    for (const [g, count] of counts.entries()) {
      residual += count * residuals[g]!;
      total += count * weights[g]!;
    }
    if (!(total > 0)) return 0;
    const [shift, scale] = [residual / total, 1 / total];
    for (const g of counts.keys()) influences[g]! += (residuals[g]! - shift * weights[g]!) * scale;
    distance += shift;
  }
  const squares = counts.reduce(
    (sum, count, g) => sum + count * influences[g]! * influences[g]!,
    0,
  );
  const error = Math.sqrt((squares * counts.length) / (counts.length - 1));
  return error > 1e-12 ? distance / error : 0;
}

test('eight draws of two ratios give the numbers of one at a time, to the bit', () => {
  const random = seededRandom(5);
  for (const groups of [5, 6, 31]) {
    const [first, second] = [0, 2].map((empty) => {
      const isEmpty = (g: number) => g >= empty && g < empty + 2;
      const weights = Float64Array.from({ length: groups }, (_, g) => (isEmpty(g) ? 0 : random()));
      return { weights, residuals: Float64Array.from(weights, () => random() - 0.5) };
    });
    const draws = Uint8Array.from({ length: 3 * drawsAtOnce * groups }, () => 4 * random() ** 2);
    // Draws of groups without weight in the one ratio and in the other, and one of a single group: none says anything.
    for (let g = 0; g < groups; g++) draws[g * drawsAtOnce] = g < 2 ? 3 : 0;
    for (let g = 0; g < groups; g++) draws[g * drawsAtOnce + 1] = g > 1 && g < 4 ? 3 : 0;
    for (let g = 0; g < groups; g++) draws[g * drawsAtOnce + 7] = g === 4 ? groups : 0;
    const expected = Array.from({ length: 3 * drawsAtOnce }, (_, draw) => {
      const start = (draw - (draw % drawsAtOnce)) * groups + (draw % drawsAtOnce);
      const counts = Array.from({ length: groups }, (_, g) => draws[start + g * drawsAtOnce]!);
      return studentOfTwo([first!, second!], counts);
    });
    assert.deepEqual([...studentizedPair(first!, second!, draws)], expected);
    assert.deepEqual([expected[0], expected[1], expected[7]], [0, 0, 0]);
    assert.ok(expected.slice(8).some((value) => value !== 0));
  }
});

test('the value of a rank is that of sorted values', () => {
  const random = seededRandom(4);
  for (const length of [1, 2, 3, 50, 1999]) {
    const values = Float64Array.from({ length }, () => Math.floor(random() * length));
    const sorted = values.slice().sort();
    for (const rank of [0, length >> 1, length - 1]) {
      assert.equal(ranked(values.slice(), rank), sorted[rank]);
    }
  }
});
