import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { shownBoxes } from '../../../src/report/gallery/card-boxes.ts';
import type { CardBox } from '../../../src/report/gallery/gallery-card.ts';

/** Cards of so many boxes each, whose pictures have so many bytes. */
function cards(count: number, boxes: number, bytes: number) {
  const box = { png: new Uint8Array(bytes) } as unknown as CardBox;
  return Array.from({ length: count }, () => ({ boxes: Array<CardBox>(boxes).fill(box) }));
}

describe('the boxes that each card offers', () => {
  it('are all eight where there is room, fewer on many cards', () => {
    assert.equal(shownBoxes(cards(24, 8, 100)), 8);
    assert.equal(shownBoxes(cards(48, 8, 100)), 4, '48 x 5 are more than 200');
    assert.equal(shownBoxes([...cards(40, 1, 100), ...cards(8, 8, 100)]), 8, 'most have one');
  });

  it('are as many as their pictures have room for together, or none', () => {
    // 24 x 3 x 2,000 bytes are 144,000, one more on each card 192,000.
    assert.equal(shownBoxes(cards(24, 8, 2000)), 3);
    assert.equal(shownBoxes(cards(24, 8, 100_000)), 0);
  });
});
