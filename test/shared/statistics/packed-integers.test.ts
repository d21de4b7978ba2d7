import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IntegerUnpacker, packIntegers } from '../../../src/shared/statistics/packed-integers.ts';

function unpackIntegers(text: string): number[] {
  const { values, count } = new IntegerUnpacker().unpack(text);
  return Array.from(values.subarray(0, count));
}

test('integers of every size survive packing', () => {
  const integers = [0, 1, 127, 128, 16_383, 16_384, 2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER];
  assert.deepEqual(unpackIntegers(packIntegers(integers)), integers);
  assert.deepEqual(unpackIntegers(packIntegers([])), []);
});

test('what is not a count is refused', () => {
  for (const value of [-1, 0.5, Number.NaN, 2 ** 53]) {
    assert.throws(() => packIntegers([value]), RangeError);
  }
});

test('text that is not packed integers is refused', () => {
  for (const bytes of [
    [2, 1],
    [0, 1],
    [9, ...new Array<number>(9).fill(1)],
  ]) {
    assert.throws(() => unpackIntegers(Buffer.from(bytes).toString('base64')), RangeError);
  }
});

test('text with a character that is not base64 is refused', () => {
  const text = packIntegers(Array.from({ length: 300 }, (_, n) => n));
  assert.throws(() => unpackIntegers(`${text.slice(0, 40)}*${text.slice(41)}`), RangeError);
});
