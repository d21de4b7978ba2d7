import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ChangeSide, figureChange } from '../../../src/verdict/change/figure-change.ts';

/** Four of five objects in each group, but for the groups that say otherwise. */
function side(names: readonly string[], found: readonly number[], hashed = false): ChangeSide {
  const sum = found.reduce((total, one) => total + one, 0);
  const of = 5 * names.length;
  const without = found.map((one) => (sum - one) / (of - 5));
  return {
    figures: {
      recall: { value: sum / of, n: of, of: 'objects' },
      map50: { value: sum / of, n: of, of: 'objects' },
      misses: { value: of - sum, n: of, of: 'objects' },
      'recall.none': { value: null, n: 0, of: 'objects', why: 'No labels.' },
    },
    blocks: {
      hashed,
      names: [...names],
      images: names.map(() => 1),
      ratios: { recall: { numerators: [...found], denominators: names.map(() => 5) } },
      without: { map50: without },
    },
  };
}

const six = ['a', 'b', 'c', 'd', 'e', 'f'];
const other = ['u', 'v', 'w', 'x', 'y', 'z'];

describe('the change of a figure', () => {
  const before = side(six, [5, 1, 4, 2, 3, 5]);
  const after = side(six, [5, 2, 4, 3, 4, 5]);

  it('is paired where both evaluations have the same groups, so that what they share cancels', () => {
    for (const name of ['recall', 'map50']) {
      const change = figureChange(before, after, name);
      assert.ok(change?.paired);
      assert.ok(Math.abs(change.difference - 0.1) < 1e-12);
      const [low, high] = change.interval ?? [0, 0];
      assert.ok(low < 0.1 && high > 0.1 && high - low < 0.35, `${name}: ${low} ${high}`);
    }
  });

  it('is as wide as both figures together where they have no group in common', () => {
    const renamed = side(other, [5, 2, 4, 3, 4, 5]);
    // By hand: sample variances of the shares (2.6667, 1.3667) / 25 / 6 groups each.
    const error = Math.sqrt((16 / 6 / 25 + 8.2 / 6 / 25) / 6);
    for (const name of ['recall', 'map50']) {
      const change = figureChange(before, renamed, name);
      assert.equal(change?.paired, false);
      assert.ok(
        Math.abs((change?.standardError ?? 0) - error) < 1e-9,
        `${change?.standardError} ${error}`,
      );
      assert.equal(change?.groups, 12);
      assert.ok((change?.p ?? 0) > 0.5);
    }
  });

  it('lies between the two where some groups are in both', () => {
    const widths = [six, [...six.slice(0, 3), ...other.slice(3)], other].map((names) => {
      const change = figureChange(before, side(names, [5, 2, 4, 3, 4, 5]), 'map50');
      return change?.standardError ?? 0;
    });
    assert.ok(
      (widths[0] ?? 0) < (widths[1] ?? 0) && (widths[1] ?? 0) < (widths[2] ?? 0),
      `${widths}`,
    );
  });

  it('pairs nothing by the remainder of a hash when the blocks differ', () => {
    const hashed = side(['#001', '#002', '#003', '#004', '#005', '#006'], [5, 1, 4, 2, 3, 5], true);
    const more = side(['#001', '#002', '#003', '#004', '#005', '#007'], [5, 2, 4, 3, 4, 5], true);
    assert.equal(figureChange(hashed, more, 'recall')?.groups, 12);
  });

  it('of a count has no interval, and says why', () => {
    const change = figureChange(before, after, 'misses');
    assert.equal(change?.difference, -3);
    assert.equal(change?.interval, undefined);
    assert.match(change?.why ?? '', /count/);
  });

  it('of a size, of which no sums by group are kept, is as wide as both of its intervals apart', () => {
    const sized = (value: number, reach: number): ChangeSide => {
      const figure = {
        value,
        n: 40,
        of: 'objects',
        interval: [value - reach, value + reach],
      } as const;
      return {
        ...before,
        figures: { 'recall@small': { ...figure, interval: [...figure.interval] } },
      };
    };
    const change = figureChange(sized(0.5, 0.03), sized(0.6, 0.04), 'recall@small');
    const [low, high] = change?.interval ?? [0, 0];
    // By hand: sqrt(0.03^2 + 0.04^2) = 0.05 on both sides of 0.1.
    assert.ok(Math.abs(low - 0.05) < 1e-12 && Math.abs(high - 0.15) < 1e-12, `${low} ${high}`);
    // t = 0.1 / (0.05 / 2.5706) = 5.141 with 5 degrees of freedom: scipy 0.0036418.
    assert.ok(Math.abs((change?.p ?? 0) - 0.0036418) < 1e-7, `${change?.p}`);
  });

  it('has no interval below five groups', () => {
    const few = ['a', 'b', 'c'];
    const change = figureChange(side(few, [5, 4, 3]), side(['d', 'e', 'f'], [5, 4, 4]), 'recall');
    assert.match(change?.why ?? '', /at least 5/);
  });

  it('is nothing where a figure has no value or does not exist', () => {
    assert.equal(figureChange(before, after, 'recall.none'), undefined);
    assert.equal(figureChange(before, after, 'recall.some'), undefined);
  });
});
