import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  evidenceFrameSize,
  frameUnit,
  meanOtherLift,
  OtherImagesAccumulator,
} from '../../../src/shared/statistics/other-images.ts';

const cells = evidenceFrameSize * evidenceFrameSize;

/** All in one part of the frame, evenly. */
function block(first: number, count: number): Int32Array {
  const frame = new Int32Array(cells);
  return frame.fill((cells / count) * frameUnit, first, first + count);
}

function liftOf(images: readonly (readonly [Int32Array, Int32Array])[]): number | undefined {
  const others = new OtherImagesAccumulator();
  for (const [votes, regions] of images) others.add(votes, regions);
  return meanOtherLift(others.build());
}

it('a map that is the same for every image has as much over other images as over its own', () => {
  const same = block(0, 64);
  assert.equal(liftOf([same, same, same].map((votes) => [votes, same])), cells / 64);
});

it('maps that follow their objects have nothing over objects elsewhere', () => {
  assert.equal(liftOf([0, 64, 128].map((at) => [block(at, 64), block(at, 64)] as const)), 0);
});

it('is the mean over all ordered pairs, whatever their order', () => {
  const images = [
    [block(0, 64), block(0, 128)],
    [block(64, 64), block(0, 64)],
    [block(0, 512), block(512, 512)],
  ] as const;
  let [sum, pairs] = [0, 0];
  images.forEach(([votes], j) => {
    images.forEach(([, regions], i) => {
      if (i === j) return;
      pairs += 1;
      sum +=
        votes.reduce((part, vote, at) => part + vote * regions[at]!, 0) / frameUnit ** 2 / cells;
    });
  });
  assert.ok(Math.abs(liftOf(images)! - sum / pairs) < 1e-4);
  assert.equal(liftOf(images), liftOf(images.toReversed()));
});

it('one image alone has none', () => {
  assert.equal(liftOf([[block(0, 64), block(0, 64)]]), undefined);
});
