import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reasonWithoutName } from '../../../src/worker/shard/reason-without-name.ts';

const cases: readonly [string, string, string][] = [
  ['photos/a.jpg ends too early.', 'photos/a.jpg', 'the file ends too early.'],
  ['Cannot read "a.jpg": a.jpg is empty.', 'x/a.jpg', 'Cannot read "the file": the file is empty.'],
  ['No image of 100 bytes.', '1', 'No image of 100 bytes.'],
  ['a+b (1).jpg is not an image.', 'a+b (1).jpg', 'the file is not an image.'],
  ['It has 900 pixels.', 'photos/a.jpg', 'It has 900 pixels.'],
  ['30 x 40 = 1200 pixels is over the limit of 900', 'a', 'it is over the limit of 900 pixels'],
];

for (const [reason, key, expected] of cases) {
  test(`"${reason}" about ${key} is kept as "${expected}"`, () => {
    assert.equal(reasonWithoutName(reason, key), expected);
  });
}
