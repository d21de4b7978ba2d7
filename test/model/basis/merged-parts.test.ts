import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mergedParts, missingPartsText } from '../../../src/model/basis/merged-parts.ts';

const [march, june] = ['a', 'b'].map((digit) => digit.repeat(64)) as [string, string];

function part(numbers: number[], of = 3, listing = march, name = 'blood') {
  return { name, images: 16, failed: 0, parts: [{ numbers, of, listing }] };
}

describe('parts of a dataset that are merged', () => {
  it('are the whole when all are there, in any order', () => {
    assert.deepEqual(mergedParts([part([3]), part([1, 2])]), []);
    assert.deepEqual(mergedParts([{ name: 'blood', images: 5, failed: 0 }]), []);
  });

  it('are named as long as one is missing', () => {
    const parts = mergedParts([part([3]), part([1])]);
    assert.deepEqual(parts, [{ numbers: [1, 3], of: 3, listing: march }]);
    const dataset = { name: 'blood', images: 32, failed: 0, parts: [...parts] };
    assert.deepEqual(missingPartsText(dataset), [
      'Part 2 of 3 of blood is not in this basis yet: merge it with the others.',
    ]);
  });

  it('are refused where images would count twice, or in none', () => {
    const cases = [
      [[part([1]), part([1])], /^Part 1 of 3 of blood is there twice, /],
      [[part([1]), part([2], 4)], /^Parts of blood are cut in 3 and in 4, /],
      [[part([1]), part([2], 3, june)], /^The parts of blood were cut from different listings, /],
    ] as const;
    for (const [datasets, message] of cases) {
      assert.throws(() => mergedParts(datasets), { code: 'usage', message });
    }
    // Two datasets, each in parts.
    assert.equal(mergedParts([part([1]), part([1], 3, june, 'skin')]).length, 2);
  });
});
