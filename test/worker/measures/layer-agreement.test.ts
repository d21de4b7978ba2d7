import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { contentCells } from '../../../src/maps/content-cells.ts';
import { frameLayers } from '../../../src/maps/fusion.ts';
import { gridMask } from '../../../src/maps/grid-mask.ts';
import { layerAgreement } from '../../../src/worker/measures/layer-agreement.ts';

/** 640 x 480 in 320 x 320: a quarter of every grid is padding. */
const wide = {
  ...{ width: 640, height: 480, newWidth: 320, newHeight: 240, left: 0, top: 40 },
  ...{ inputWidth: 320, inputHeight: 320 },
};
const square = { ...wide, height: 640, newHeight: 320, top: 0 };

/** A slope across, 0 on padding. */
function slope(size: number, sign: number) {
  const map = Float32Array.from({ length: size * size }, (_, i) => {
    const y = (Math.floor(i / size) + 0.5) / size;
    const inside = y > 1 / 8 && y < 7 / 8;
    return inside ? 0.5 + sign * 0.2 * ((((i % size) + 0.5) / size) * 2 - 1) : 0;
  });
  return gridOf(map, size);
}

function gridOf(map: Float32Array, size: number) {
  return { map, gridWidth: size, gridHeight: size, explainedVariance: 1 };
}

/** On the grid of the first. */
function agreement(layers: readonly ReturnType<typeof slope>[], geometry = wide) {
  const size = layers[0]?.gridWidth ?? 0;
  const maps = layers.map((layer) => ({ ...layer, mask: gridMask(layer, geometry, 'exclude') }));
  const cells = contentCells(geometry, { gridWidth: size, gridHeight: size });
  return layerAgreement(frameLayers({ maps, width: size, height: size }), cells);
}

describe('the agreement of layers', () => {
  it('is 1 for one pattern on two grids, padding left out', () => {
    const value = agreement([slope(40, 1), slope(16, 1)]);
    assert.ok(value !== undefined && value > 0.99, String(value));
  });

  it('is -1 for opposite patterns', () => {
    const value = agreement([slope(40, 1), slope(16, -1)]);
    assert.ok(value !== undefined && value < -0.99, String(value));
  });

  it('is not measured for one layer', () => {
    assert.equal(agreement([slope(40, 1)]), undefined);
  });

  it('compares layers of different grids on the finest', () => {
    const fine = gridOf(
      Float32Array.from({ length: 16 }, (_, i) => (i % 4) / 3),
      4,
    );
    const value = agreement([fine, gridOf(Float32Array.of(0, 1, 0, 1), 2)], square);
    // Half-pixel bilinear from [0, 1] to 4 columns: 0, 0.25, 0.75, 1, against 0, 1/3, 2/3, 1.
    const expected = pearson([0, 0.25, 0.75, 1], [0, 1 / 3, 2 / 3, 1]);
    assert.ok(Math.abs((value ?? Number.NaN) - expected) < 1e-6, `${value}, not ${expected}`);
  });
});

function pearson(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((x, y) => x + y) / values.length;
  const da = a.map((value) => value - mean(a));
  const db = b.map((value) => value - mean(b));
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, i) => sum + value * (y[i] as number), 0);
  return dot(da, db) / Math.sqrt(dot(da, da) * dot(db, db));
}
