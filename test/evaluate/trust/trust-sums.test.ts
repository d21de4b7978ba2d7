import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ObjectRow, ObjectTrust } from '../../../src/evaluate/result/object-row.ts';
import { namedTrust, trustRatios } from '../../../src/evaluate/trust/named-trust.ts';
import { classTrust } from '../../../src/evaluate/trust/trust-figures.ts';
import { packedTrustSchema, TrustSums } from '../../../src/evaluate/trust/trust-sums.ts';

type Summed = Omit<ObjectRow, 'box'>;

function object(
  outcome: Summed['outcome'],
  trust?: ObjectTrust,
  more: Partial<Summed> = {},
): Summed {
  const place = { shard: 0, row: 0, key: 'a.jpg', group: 'a' };
  return { ...place, outcome, classId: 0, size: 'small', ...(trust && { trust }), ...more };
}

function looking(lift: number): ObjectTrust {
  return { lift, attainable: lift / 10 - 1, pointed: lift > 1, relevanceRank: 0.25 };
}

/** Lifts of misses by block. */
function missesOf(lifts: Readonly<Record<string, readonly number[]>>): TrustSums {
  const sums = new TrustSums();
  for (const [block, ofBlock] of Object.entries(lifts)) {
    for (const lift of ofBlock) sums.add(object('fn', looking(lift)), block);
  }
  return sums;
}

describe('sums of trust', () => {
  it('give means by outcome, and labels are what was found and what was missed', () => {
    const sums = new TrustSums();
    sums.add(object('tp', looking(4)), 'a');
    sums.add(object('fn', looking(1)), 'a');
    sums.add(object('fp', looking(6)), 'b');
    sums.add(object('unjudged', looking(99)), 'b');
    const trust = classTrust(sums.entries());
    assert.equal(trust?.tp.lift.value, 4);
    assert.equal(trust?.fn.lift.value, 1);
    assert.equal(trust?.fp.lift.value, 6);
    assert.equal(trust?.labels.lift.value, 2.5);
    assert.equal(trust?.labels.lift.n, 2);
    assert.ok(Math.abs((trust?.labels.attainable.value ?? 0) + 0.75) < 1e-9);
    assert.equal(trust?.labels.pointed.value, 0.5);
  });

  it('say of a number that is not known why, and never 0', () => {
    const sums = new TrustSums();
    sums.add(object('tp'), 'a');
    assert.equal(classTrust(sums.entries()), undefined);
    sums.add(object('fn', { lift: 2, pointed: true, relevanceRank: 1 }), 'a');
    const trust = classTrust(sums.entries());
    assert.equal(trust?.tp.objects, 1);
    assert.equal(trust?.tp.lift.value, null);
    assert.match(trust?.tp.lift.why ?? '', /No evidence of their class is stored/);
    assert.match(trust?.fp.lift.why ?? '', /no such objects/);
  });

  it('tell misses that the model looked at from those that it did not', () => {
    const sums = new TrustSums();
    sums.add(object('fn', { lift: 3, otherImagesLift: 2 }), 'a');
    sums.add(object('fn', { lift: 3, otherImagesLift: 4 }), 'a');
    sums.add(object('fn', { lift: 0.9, otherImagesLift: 0.1 }), 'a');
    sums.add(object('fn', { lift: 1.1 }), 'a');
    sums.add(object('fn'), 'a');
    const trust = classTrust(sums.entries());
    assert.equal(trust?.missedLookedAt, 2);
    assert.equal(trust?.missedNotLookedAt, 2);
  });

  it('merge in any order to the same bytes, packed or not', () => {
    const parts = [
      missesOf({ a: [1.5, 2], b: [0.3] }),
      missesOf({ b: [7], c: [1 / 3] }),
      missesOf({ a: [0.1] }),
    ].map((one) => one.pack());
    const merged = (order: readonly number[]) => {
      const sums = new TrustSums();
      for (const index of order) {
        const packed: unknown = JSON.parse(JSON.stringify(parts[index]));
        sums.merge(packedTrustSchema.parse(packed));
      }
      return JSON.stringify(sums.pack());
    };
    assert.equal(merged([0, 1, 2]), merged([2, 1, 0]));
    const whole = missesOf({ c: [1 / 3], a: [0.1, 2, 1.5], b: [7, 0.3] });
    assert.equal(merged([1, 0, 2]), JSON.stringify(whole.pack()));
  });

  it('add up where blocks get the same name', () => {
    const sums = missesOf({ a: [1], b: [2], c: [3] });
    sums.renameBlocks((block) => (block === 'c' ? 'z' : 'y'));
    const entries = sums.entries();
    assert.deepEqual(
      entries.map(({ block, totals }) => [block, totals.objects, totals.lift]),
      [
        ['y', 2, 30_000],
        ['z', 1, 30_000],
      ],
    );
  });

  it('refuse what nobody packed', () => {
    const packed = missesOf({ a: [1] }).pack();
    const cut = { ...packed, blocks: [] };
    assert.throws(() => new TrustSums().merge(cut), RangeError);
    const { lift, ...columns } = packed.columns;
    assert.ok(lift);
    assert.throws(() => new TrustSums().merge({ ...packed, columns }), RangeError);
    for (const one of [
      cut,
      { ...packed, columns },
      { ...packed, columns: { ...columns, lift, size: 'AQk=' } },
    ]) {
      assert.throws(() => TrustSums.check(one), RangeError);
    }
    TrustSums.check(packed);
  });

  it('have no interval below five groups, and one that holds the mean from there on', () => {
    const few = classTrust(missesOf({ a: [1], b: [2], c: [3], d: [4] }).entries());
    assert.equal(few?.fn.lift.interval, undefined);
    assert.match(few?.fn.lift.why ?? '', /at least 5/);
    const lifts = Object.fromEntries([1, 2, 2, 3, 3, 3, 4, 4, 5, 6].map((x, i) => [`g${i}`, [x]]));
    const { interval, value, groups } = classTrust(missesOf(lifts).entries())?.fn.lift ?? {};
    assert.equal(groups, 10);
    assert.ok(interval && interval[0] < Number(value) && Number(value) < interval[1]);
  });
});

describe('trust by the names of rules', () => {
  const sums = missesOf({ a: [3, 0.5], c: [2] });
  sums.add(object('tp', looking(5), { classId: 1, size: 'large' }), 'b');
  const entries = sums.entries();
  const classNames = ['Cell', 'Platelets'];

  it('has the figures of labels, and of misses the share that was looked at', () => {
    const [all, platelets] = [classTrust(entries), classTrust(entries, { classId: 1 })];
    assert.ok(all && platelets);
    const figures = { ...namedTrust(all, ''), ...namedTrust(platelets, '.Platelets') };
    assert.equal(figures['lift.Platelets']?.value, 5);
    assert.equal(figures.looked_at_misses?.value, 2 / 3);
    assert.equal(figures['looked_at_misses.Platelets']?.value, null);
    assert.equal(figures['looked_at_misses.Platelets']?.why, 'Nothing was missed.');
    assert.equal(classTrust(entries, { classId: 1, size: 'small' }), undefined);
  });

  it('has the sums of every block, in their order, where there are any', () => {
    const ratios = trustRatios(entries, ['a', 'b', 'c'], (classId) => classNames[classId] ?? '');
    assert.equal('looked_at_misses.Platelets' in ratios, false);
    assert.deepEqual(ratios['looked_at_misses.Cell'], {
      numerators: [1, 0, 1],
      denominators: [2, 0, 1],
    });
    assert.deepEqual(ratios.lift, { numerators: [3.5, 5, 2], denominators: [2, 1, 1] });
  });
});
