import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  differenceWords,
  shareWords,
} from '../../../src/verdict/compare/words/difference-words.ts';
import { figureWords, isBetterHigh } from '../../../src/verdict/compare/words/figure-words.ts';

describe('the words of a comparison', () => {
  it('call figures as people do', () => {
    const names = {
      'recall.Platelets': 'Platelets recall',
      'recall.Platelets@small': 'Platelets recall, small',
      recall: 'overall recall',
      'false_positives.RBC': 'false positives of RBC',
      map50: 'mAP50',
      'map50_95.RBC': 'RBC AP50-95',
    };
    for (const [name, words] of Object.entries(names)) assert.equal(figureWords(name), words);
  });

  it('never say 1 for less than all, nor 0 for something', () => {
    const shares = [0, 1, 0.814, 0.997, 0.99999, 0.004, -0.001].map(shareWords);
    assert.deepEqual(shares, ['0', '1', '0.81', '0.997', 'over 0.999', '0.004', '-0.001']);
  });

  it('give a difference its sign and its interval', () => {
    assert.equal(differenceWords({ value: 0.69, interval: [0.55, 0.8] }), '+0.69 (+0.55 to +0.80)');
    assert.equal(differenceWords({ value: -2 }), '-2');
  });

  it('know which way is better, where that is for us to say', () => {
    assert.equal(isBetterHigh('recall.WBC'), true);
    assert.equal(isBetterHigh('map50_95'), true);
    assert.equal(isBetterHigh('false_positives.RBC'), false);
    assert.equal(isBetterHigh('lift'), undefined);
  });
});
