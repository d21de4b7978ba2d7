import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flagsOf, flagValue } from '../../../src/shared/catalog/flag-catalog.ts';
import { defaultFlagThresholds } from '../../support/default-thresholds.ts';

const rules = { thresholds: defaultFlagThresholds, findsObjects: true } as const;

/** An image that nothing is wrong with. */
const fine = {
  entropy_fused: 0.8,
  center_x_fused: 0.5,
  box_lift_fused: 3,
  border_lift_fused: 0.5,
  sign_margin_model_15: 0.6,
  sign_margin_model_15_pc8: 0.01,
  sign_margin_model_18: 0.5,
  residual_model_15: 0.001,
  residual_model_15_pc8: 0.004,
  detections: 3,
};

test('an image within all thresholds has no flag', () => {
  assert.deepEqual(flagsOf(fine, rules), []);
});

const single: readonly [string, Readonly<Record<string, number>>][] = [
  ['diffuse', { entropy_fused: 0.971 }],
  ['off-object', { box_lift_fused: 0.99 }],
  ['border-focus', { border_lift_fused: 2.01 }],
  ['uncertain-sign', { sign_margin_model_18: 0.09 }],
  ['not-converged', { residual_model_15_pc8: 0.011 }],
  ['no-detection', { detections: 0 }],
];
for (const [flag, change] of single) {
  test(`a measure beyond its threshold raises ${flag} alone`, () => {
    assert.deepEqual(flagsOf({ ...fine, ...change }, rules), [flag]);
  });
}

test('a measure at its threshold raises nothing', () => {
  const atThresholds = {
    ...fine,
    entropy_fused: 0.97,
    box_lift_fused: 1,
    border_lift_fused: 2,
    sign_margin_model_18: 0.1,
    residual_model_15: 0.01,
  };
  assert.deepEqual(flagsOf(atThresholds, rules), []);
});

test('a fused map without a center of heat is degenerate, and so is a layer alone', () => {
  assert.deepEqual(flagsOf({ detections: 2 }, rules), ['degenerate']);
  assert.deepEqual(flagsOf(fine, { ...rules, degenerateLayers: 1 }), ['degenerate']);
});

test('a classifier is not flagged for finding no objects', () => {
  const measures = { ...fine, detections: 0 };
  assert.deepEqual(flagsOf(measures, { ...rules, findsObjects: false }), []);
});

test('flags come in one order', () => {
  const worst = { residual_model_15: 1, sign_margin_model_15: 0, detections: 0 };
  assert.deepEqual(flagsOf(worst, rules), [
    'degenerate',
    'uncertain-sign',
    'not-converged',
    'no-detection',
  ]);
});

test('the value of a flag is the measure that raised it', () => {
  assert.equal(flagValue('diffuse', fine), 0.8);
  assert.equal(flagValue('uncertain-sign', fine), 0.5);
  assert.equal(flagValue('not-converged', fine), 0.004);
  assert.equal(flagValue('degenerate', fine), undefined);
});
