import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { layerAgreement } from '../../src/worker/layer-agreement.ts';

/** 640 x 480 in 320 x 320: a quarter of every grid is padding. */
const geometry = {
  ...{ width: 640, height: 480, newWidth: 320, newHeight: 240, left: 0, top: 40 },
  ...{ inputWidth: 320, inputHeight: 320 },
};

/** A slope across and down, 0 on padding. */
function slope(size: number, sign: number) {
  const map = Float32Array.from({ length: size * size }, (_, i) => {
    const y = (Math.floor(i / size) + 0.5) / size;
    const inside = y > 1 / 8 && y < 7 / 8;
    return inside ? 0.5 + sign * 0.2 * ((((i % size) + 0.5) / size) * 2 - 1) : 0;
  });
  return { map, gridWidth: size, gridHeight: size };
}

describe('the agreement of layers', () => {
  it('is 1 for one pattern on two grids, padding left out', () => {
    const agreement = layerAgreement([slope(40, 1), slope(16, 1)], geometry);
    assert.ok(agreement !== undefined && agreement > 0.99, String(agreement));
  });

  it('is -1 for opposite patterns', () => {
    const agreement = layerAgreement([slope(40, 1), slope(16, -1)], geometry);
    assert.ok(agreement !== undefined && agreement < -0.99, String(agreement));
  });

  it('is not measured for one layer', () => {
    assert.equal(layerAgreement([slope(40, 1)], geometry), undefined);
  });
});
