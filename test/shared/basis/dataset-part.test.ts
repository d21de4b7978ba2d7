import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { imagesInPart, isInPart, parsePart } from '../../../src/shared/basis/dataset-part.ts';

describe('a part of a dataset', () => {
  it('is named by its number and how many there are', () => {
    assert.deepEqual(parsePart('2/8'), { number: 2, of: 8 });
    assert.deepEqual(parsePart('1/1'), { number: 1, of: 1 });
    for (const text of ['0/8', '9/8', '2', '2/', '/8', '2/8/1', '-1/8', '1.5/8', '1/10001', '']) {
      assert.equal(parsePart(text), undefined, text);
    }
  });

  it('shares no image with another, and together they are the whole', () => {
    for (const [images, of, size] of [
      [1, 1, 16],
      [100, 3, 16],
      [2_000, 7, 17],
    ] as const) {
      const counts = Array.from({ length: of }, (_, k) =>
        imagesInPart(images, size, { number: k + 1, of }),
      );
      const found = counts.map(() => 0);
      for (let index = 0; index < images; index++) {
        const own = found.flatMap((_, k) =>
          isInPart(index, size, { number: k + 1, of }) ? [k] : [],
        );
        assert.equal(own.length, 1);
        found[own[0]!]! += 1;
      }
      assert.deepEqual(found, counts);
    }
    // Shards of 16 images, seven of them, in turn: 16 + 16 + 4, 16 + 16, 16 + 16.
    assert.deepEqual(
      [1, 2, 3].map((number) => imagesInPart(100, 16, { number, of: 3 })),
      [36, 32, 32],
    );
  });
});
