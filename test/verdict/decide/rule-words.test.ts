import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  changeWords,
  intervalWords,
  limitWords,
  valueWords,
} from '../../../src/verdict/decide/rule-words.ts';

describe('the numbers of a verdict', () => {
  it('have three digits, their intervals two, and none before the point is rounded away', () => {
    assert.equal(valueWords(0.81234), '0.812');
    assert.equal(valueWords(0.052149, true), '5.21\u00a0%');
    assert.equal(valueWords(12_345.6), '12,346');
    assert.equal(valueWords(-1234), '-1,234');
    assert.equal(changeWords(0.0123456), '+0.0123');
    assert.equal(intervalWords([0.74123, 0.87321]), '0.74 to 0.87');
    assert.equal(intervalWords([0.74123, 0.87321], true), '74\u00a0% to 87\u00a0%');
  });

  it('have as many more as it takes to tell them from their limit, and the ends of an interval from each other', () => {
    assert.equal(valueWords(0.69996, false, 0.7), '0.69996');
    assert.equal(valueWords(0.7, false, 0.7), '0.7');
    assert.equal(valueWords(0.05004, true, 0.05), '5.004\u00a0%');
    assert.equal(intervalWords([0.6996, 0.82], false, 0.7), '0.6996 to 0.82');
    assert.equal(intervalWords([0.8121, 0.8132]), '0.812 to 0.813');
  });

  it('are limits as they were written', () => {
    assert.equal(limitWords('>=', 0.99995, false), 'at least 0.99995');
    assert.equal(limitWords('<=', 0.07, true), 'at most 7\u00a0%');
    assert.equal(limitWords('<', 1234, false), 'less than 1,234');
  });
});
