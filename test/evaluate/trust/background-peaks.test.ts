import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  BackgroundPeaks,
  packedPeaksSchema,
} from '../../../src/evaluate/trust/background-peaks.ts';

/** Forty images whose class 1 rises from 2 to 6 logits. */
function usual(peaks: BackgroundPeaks): void {
  for (let i = 0; i < 40; i++) {
    const evidence = [
      { classId: 1, high: 2 + i / 10 },
      { classId: 0, high: 9 },
    ];
    peaks.add({ status: 'labeled', labeled: [1], evidence }, `g${i}`);
  }
}

function background(peaks: BackgroundPeaks, highs: readonly number[]): void {
  for (const [i, high] of highs.entries()) {
    const evidence = [
      { classId: 1, high },
      { classId: 2, high: high / 2 },
    ];
    peaks.add({ status: 'background', labeled: [], evidence }, `b${i}`);
  }
}

it('background lights up where its strongest class rises as high as in images that have it', () => {
  const peaks = new BackgroundPeaks();
  usual(peaks);
  // A twentieth of forty images is two: 2.0 and 2.1.
  background(peaks, [0.5, 1.9, 2.2, 5, 1]);
  const figure = peaks.build();
  assert.equal(figure.value, 2 / 5);
  assert.equal(figure.n, 5);
  assert.ok(figure.interval);
});

it('without enough images of the class, or without background, nothing is said of it', () => {
  const few = new BackgroundPeaks();
  background(few, [5]);
  assert.equal(few.build().value, null);
  assert.match(few.build().why ?? '', /takes 20 images/);
  const none = new BackgroundPeaks();
  usual(none);
  assert.equal(none.build().value, null);
  assert.match(none.build().why ?? '', /No evidence of background/);
});

it('peaks merge in any order to the same bytes, and blocks of one name add up', () => {
  const parts = [usual, (one: BackgroundPeaks) => background(one, [3, 4])].map((fill) => {
    const peaks = new BackgroundPeaks();
    fill(peaks);
    return packedPeaksSchema.parse(JSON.parse(JSON.stringify(peaks.pack())));
  });
  const [first, second] = parts.map((_, from) => {
    const peaks = new BackgroundPeaks();
    for (const packed of [...parts.slice(from), ...parts.slice(0, from)]) peaks.merge(packed);
    peaks.renameBlocks(() => 'all');
    return JSON.stringify(peaks.pack());
  });
  assert.equal(first, second);
  assert.match(first ?? '', /"blocks":\["all"\]/);
  assert.throws(
    () => new BackgroundPeaks().merge({ blocks: [], usual: [], background: [[0, 1, 3, 1]] }),
    RangeError,
  );
});
