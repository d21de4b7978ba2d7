import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { axisTaps, sampleMap } from '../../src/kernels/map-sampling.ts';
import { combinedRows } from '../../src/kernels/map-values.ts';
import { edgesAcross } from '../../src/kernels/mask-edges.ts';
import { maskBits } from '../../src/kernels/mask-values.ts';
import { columnEdges } from '../../src/model/mask/column-edges.ts';
import { seededRandom } from '../support/seeded-random.ts';

const random = seededRandom(11);

/** Pixel centers laid on a grid. */
function taps(pixels: number, cells: number) {
  const centers = Float64Array.from(
    { length: pixels },
    (_, i) => ((i + 0.5) * cells) / pixels - 0.5,
  );
  return axisTaps(centers, 0, cells - 1);
}

function randomBits(width: number, height: number, share: number) {
  return Uint8Array.from({ length: width * height }, () => (random() < share ? 1 : 0));
}

describe('masks', () => {
  for (const kind of ['smooth', 'rough', 'of whole numbers and zeros', 'huge and tiny']) {
    it(`sampled between different signs alone are those sampled everywhere: ${kind}`, () => {
      for (const [cells, pixels] of [
        [1, 7],
        [5, 3],
        [16, 64],
        [21, 64],
        [64, 33],
      ] as const) {
        const values = Float32Array.from({ length: 3 * cells * cells }, (_, at) => {
          if (kind === 'smooth') return Math.sin(at / 9);
          if (kind === 'rough') return 2 * random() - 1;
          if (kind === 'huge and tiny') return (random() - 0.4) * 10 ** (76 * (random() - 0.5));
          return Math.round(2.4 * random() - 1.2);
        });
        const weights = Float64Array.from([1, -1, 1]);
        const axis = taps(pixels, cells);
        const [bits] = maskBits({ values, width: cells, height: cells }, [
          { weights, rows: axis, columns: axis },
        ]);
        const sums = combinedRows(values, weights, cells * cells);
        const sampled = sampleMap(sums, cells, axis, axis);
        assert.deepEqual(
          bits,
          Uint8Array.from(sampled, (value) => (value > 0 ? 1 : 0)),
        );
      }
    });
  }
});

describe('the edges of a mask', () => {
  const sizes = [
    [1, 1],
    [15, 3],
    [16, 2],
    [17, 5],
    [33, 1],
    [300, 450],
  ] as const;
  it('are where runs of its rows begin and end, at any width and in strips too', () => {
    for (const [width, height] of sizes) {
      const bits = randomBits(width, height, 0.7);
      const expected = Array.from({ length: height }, (_, row) =>
        runs(width, (column) => bits[row * width + column]!),
      );
      const { counts, columns } = edgesAcross({ bits, width, height });
      assert.deepEqual(
        [...counts],
        expected.map(({ length }) => length),
      );
      assert.deepEqual([...columns], expected.flat());
    }
  });

  it('are where runs of its columns begin and end, at any width and in strips too', () => {
    for (const [width, height] of sizes) {
      const bits = randomBits(width, height, 0.7);
      const { starts, rows } = columnEdges({ bits, width, height });
      for (let column = 0; column < width; column++) {
        const expected = runs(height, (row) => bits[row * width + column]!);
        assert.deepEqual([...rows.subarray(starts[column], starts[column + 1])], expected);
      }
    }
  });
});

function runs(length: number, valueAt: (index: number) => number): number[] {
  const edges: number[] = [];
  for (let at = 0; at <= length; at++) {
    const [before, here] = [at > 0 ? valueAt(at - 1) : 0, at < length ? valueAt(at) : 0];
    if (before !== here) edges.push(at);
  }
  return edges;
}
