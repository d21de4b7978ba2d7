import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { OverlayPlan } from '../../../src/shared/run/run-spec.ts';
import { wantsOverlay } from '../../../src/worker/shard/overlay-choice.ts';

function chosen(plan: OverlayPlan, total: number): number[] {
  return Array.from({ length: total }, (_, globalIndex) => globalIndex).filter((globalIndex) =>
    wantsOverlay(plan, { globalIndex, total, flags: [] }),
  );
}

describe('the choice of overlays', () => {
  it('takes exactly the sample that was asked for', () => {
    for (const [sample, total] of [
      [1, 1],
      [1, 10],
      [3, 10],
      [9, 10],
      [10, 10],
      [200, 1001],
      [200, 999],
      [50, 3],
      [0, 5],
    ] as const) {
      const count = chosen({ all: false, flagged: false, sample }, total).length;
      assert.equal(count, Math.min(sample, total), `${sample} of ${total}`);
    }
  });

  it('spreads it evenly', () => {
    const indexes = chosen({ all: false, flagged: false, sample: 200 }, 1001);
    const gaps = indexes.slice(1).map((index, at) => index - (indexes[at] ?? 0));
    assert.deepEqual([...new Set(gaps)].sort(), [5, 6]);
    assert.deepEqual(chosen({ all: false, flagged: false, sample: 1 }, 9), [4]);
  });

  it('is exact for ten million images', () => {
    const plan = { all: false, flagged: false, sample: 10_000 };
    let count = 0;
    for (let globalIndex = 0; globalIndex < 10_000_000; globalIndex++) {
      if (wantsOverlay(plan, { globalIndex, total: 10_000_000, flags: [] })) count += 1;
    }
    assert.equal(count, 10_000);
  });

  it('takes flagged images, all, or none', () => {
    const candidate = { globalIndex: 0, total: 10 };
    const flagged = { all: false, flagged: true, sample: 0 };
    assert.equal(wantsOverlay(flagged, { ...candidate, flags: ['diffuse'] }), true);
    assert.equal(wantsOverlay(flagged, { ...candidate, flags: [] }), false);
    assert.equal(
      wantsOverlay({ ...flagged, flagged: false }, { ...candidate, flags: ['diffuse'] }),
      false,
    );
    assert.equal(chosen({ all: true, flagged: false, sample: 0 }, 7).length, 7);
  });
});
