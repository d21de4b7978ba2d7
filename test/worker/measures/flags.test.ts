import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultFlagThresholds } from '../../../src/shared/run/run-spec.ts';
import { flagsOf, flagValue } from '../../../src/worker/measures/flags.ts';

const rules = { thresholds: defaultFlagThresholds, task: 'detect' } as const;

/** An image that nothing is wrong with. */
const fine = {
  'entropy.fused': 0.8,
  'centreX.fused': 0.5,
  'boxLift.fused': 3,
  'borderLift.fused': 0.5,
  'signMargin.model.15': 0.6,
  'signMargin.model.15.pc8': 0.01,
  'signMargin.model.18': 0.5,
  'residual.model.15': 0.001,
  'residual.model.15.pc8': 0.004,
  detections: 3,
};

test('an image within all thresholds has no flag', () => {
  assert.deepEqual(flagsOf(fine, rules), []);
});

const single: readonly [string, Readonly<Record<string, number>>][] = [
  ['diffuse', { 'entropy.fused': 0.971 }],
  ['off-object', { 'boxLift.fused': 0.99 }],
  ['border-focus', { 'borderLift.fused': 2.01 }],
  ['uncertain-sign', { 'signMargin.model.18': 0.09 }],
  ['not-converged', { 'residual.model.15.pc8': 0.011 }],
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
    'entropy.fused': 0.97,
    'boxLift.fused': 1,
    'borderLift.fused': 2,
    'signMargin.model.18': 0.1,
    'residual.model.15': 0.01,
  };
  assert.deepEqual(flagsOf(atThresholds, rules), []);
});

test('a fused map without a center of heat is blank', () => {
  assert.deepEqual(flagsOf({ detections: 2 }, rules), ['blank-map']);
});

test('a classifier is not flagged for finding no objects', () => {
  const measures = { ...fine, detections: 0 };
  assert.deepEqual(flagsOf(measures, { ...rules, task: 'classify' }), []);
});

test('flags come in one order', () => {
  const worst = { 'residual.model.15': 1, 'signMargin.model.15': 0, detections: 0 };
  assert.deepEqual(flagsOf(worst, rules), [
    'blank-map',
    'uncertain-sign',
    'not-converged',
    'no-detection',
  ]);
});

test('the value of a flag is the measure that raised it', () => {
  assert.equal(flagValue('diffuse', fine), 0.8);
  assert.equal(flagValue('uncertain-sign', fine), 0.5);
  assert.equal(flagValue('not-converged', fine), 0.004);
  assert.equal(flagValue('blank-map', fine), undefined);
});
