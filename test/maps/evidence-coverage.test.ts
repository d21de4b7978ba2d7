import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { contentCells } from '../../src/maps/content-cells.ts';
import { evidenceCoverage } from '../../src/maps/evidence-coverage.ts';

const square = {
  ...{ width: 64, height: 64, newWidth: 64, newHeight: 64, left: 0, top: 0 },
  ...{ inputWidth: 64, inputHeight: 64 },
};
const map = Float32Array.of(1, 0.5, 0.25, 0);

function covered(gridWidth: number, gridHeight: number, geometry = square): number[] {
  const coverage = evidenceCoverage({ map, gridWidth: 2, gridHeight: 2 }, geometry);
  return [...coverage(contentCells(geometry, { gridWidth, gridHeight }))];
}

describe('a heatmap that covers another grid', () => {
  it('is itself on its own, repeats on a finer one, and is the mean on a coarser one', () => {
    assert.deepEqual(covered(2, 2), [...map]);
    assert.deepEqual(covered(4, 2), [1, 1, 0.5, 0.5, 0.25, 0.25, 0, 0]);
    assert.deepEqual(covered(1, 1), [0.4375]);
  });

  it('gives a cell between two of its own the part of each', () => {
    const [left, middle, right] = covered(3, 1);
    // Rows have the means 0.625 and 0.25; the middle third lies on both alike.
    assert.deepEqual([left, middle, right], [0.625, 0.4375, 0.25]);
  });

  it('leaves padding out of every mean', () => {
    // The lower half of the input is padding.
    const wide = { ...square, height: 32, newHeight: 32 };
    assert.deepEqual(covered(1, 1, wide), [0.75]);
    assert.deepEqual(covered(2, 2, wide), [1, 0.5, 0, 0]);
  });
});
