import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertPossibleRules } from '../../../src/verdict/rules/known-rules.ts';
import { parseRules } from '../../../src/verdict/rules/parse-rules.ts';

describe('a limit', () => {
  it('of a ratio may be above 1: coverage is the heat in labels over the heat of the image', () => {
    assert.doesNotThrow(() => check('coverage.WBC >= 2'));
    assert.doesNotThrow(() => check('lift.WBC >= 12'));
  });

  it('that a share never reaches is wrong use', () => {
    for (const rule of ['background_evidence <= 5', 'median_confidence.RBC >= 50']) {
      assert.throws(() => check(rule), { code: 'usage', message: /is a share from 0 to 1, and/ });
    }
  });
});

function check(rule: string): void {
  assertPossibleRules(parseRules(`rules: ['${rule}']`, 'r.yaml'));
}
