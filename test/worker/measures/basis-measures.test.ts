import assert from 'node:assert/strict';
import { it } from 'node:test';
import { flagsOf } from '../../../src/shared/catalog/flag-catalog.ts';
import { addBasisMeasures } from '../../../src/worker/measures/basis-measures.ts';
import { defaultFlagThresholds } from '../../support/default-thresholds.ts';

it('novelty is the odds of energy off the basis over those of the fitted images, in the most unusual layer', () => {
  const measures: Record<string, number> = {};
  addBasisMeasures(measures, {
    layers: [
      { column: 'model_15', offBasis: 0.2 },
      { column: 'model_18', offBasis: 0.5 },
    ],
    usualOffBasis: [0.2, 0.2],
  });
  assert.deepEqual(measures, {
    off_basis_model_15: 0.2,
    off_basis_model_18: 0.5,
    novelty: 1 / 0.25,
  });
});

it('without a basis there is neither', () => {
  const measures: Record<string, number> = {};
  addBasisMeasures(measures, { layers: [{ column: 'model_15' }] });
  assert.deepEqual(measures, {});
});

it('an image is flagged off-basis above 3, or above what was set', () => {
  const flags = (novelty: number, limit?: number) => {
    const thresholds = { ...defaultFlagThresholds, ...(limit && { novelty: limit }) };
    const measures = { novelty, center_x_fused: 0.5 };
    return flagsOf(measures, { thresholds, findsObjects: false });
  };
  assert.deepEqual(flags(2.9), []);
  assert.deepEqual(flags(3.1), ['off-basis']);
  assert.deepEqual(flags(3.1, 4), []);
});
