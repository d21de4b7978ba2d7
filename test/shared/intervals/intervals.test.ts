import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  jackknifeDifference,
  jackknifeInterval,
} from '../../../src/shared/intervals/jackknife-interval.ts';
import { meanDifference, meanInterval } from '../../../src/shared/intervals/mean-interval.ts';
import { ratioDifference, ratioInterval } from '../../../src/shared/intervals/ratio-interval.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const share: [number, number] = [0, 1];

function close(actual: number | undefined, expected: number, within = 1e-9): void {
  assert.ok(
    actual !== undefined && Math.abs(actual - expected) <= within,
    `${actual} is not ${expected}`,
  );
}

/** Videos of ten labels: found or not depends half on the video. */
function videos(count: number, random: () => number) {
  const numerators: number[] = [];
  const denominators: number[] = [];
  for (let g = 0; g < count; g++) {
    const size = 5 + Math.floor(random() * 10);
    const ease = 0.4 + 0.6 * random();
    let found = 0;
    for (let i = 0; i < size; i++) if (random() < ease) found++;
    numerators.push(found);
    denominators.push(size);
  }
  return { numerators, denominators };
}

describe('an interval of group means', () => {
  it('is that of Student with G - 1 degrees', () => {
    // Mean 3, sd sqrt(2.5), t(0.975, 4) = 2.776445.
    const { interval, groups, why } = meanInterval([1, 2, 3, 4, 5]);
    close(interval?.[0], 3 - 2.7764451051977987 * Math.sqrt(2.5 / 5));
    close(interval?.[1], 3 + 2.7764451051977987 * Math.sqrt(2.5 / 5));
    assert.equal(groups, 5);
    assert.equal(why, 'Rough: it rests on 5 independent groups.');
  });

  it('is none below five groups, and says why', () => {
    assert.deepEqual(meanInterval([1, 2, 3, 4]), {
      groups: 4,
      why: 'An interval takes at least 5 independent groups; there are 4.',
    });
  });

  it('is none where all groups agree', () => {
    assert.equal(meanInterval([2, 2, 2, 2, 2, 2]).interval, undefined);
    // The sum of thirty times 0.995 is rounded, and that is no spread.
    const same = new Array<number>(30).fill(0.995);
    assert.equal(jackknifeInterval(0.995, same).interval, undefined);
    assert.equal(meanInterval(same).interval, undefined);
  });

  it('stays within what the figure can be', () => {
    assert.equal(meanInterval([0.9, 1, 1, 1, 0.6], { range: share }).interval?.[1], 1);
  });

  it('of paired differences has the p value of the paired t test', () => {
    const difference = meanDifference([1, 2, 3, 4, 5, 6], [1.5, 2.1, 3.4, 4.0, 5.9, 6.2]);
    // scipy.stats.ttest_rel: t = 2.6209.
    close(difference?.difference, 0.35);
    close(difference?.p, 0.047_046_195_340_536_9);
  });
});

describe('an interval of a ratio', () => {
  it('is the same at every call, and does not depend on groups that say nothing', () => {
    const groups = videos(12, seededRandom(3));
    const more = {
      numerators: [...groups.numerators, 0, 0],
      denominators: [...groups.denominators, 0, 0],
    };
    const interval = ratioInterval(groups, { range: share });
    assert.deepEqual(ratioInterval(groups, { range: share }), interval);
    assert.deepEqual(ratioInterval(more, { range: share }), interval);
    assert.equal(interval.groups, 12);
  });

  it('covers the truth in about 95 of 100 sets of ten videos', () => {
    const random = seededRandom(11);
    let covered = 0;
    for (let set = 0; set < 200; set++) {
      const { interval } = ratioInterval(videos(10, random), { range: share });
      if (interval !== undefined && interval[0] <= 0.7 && 0.7 <= interval[1]) covered++;
    }
    assert.ok(covered >= 183 && covered <= 198, `${covered} of 200`);
  });

  it('of a recall of 1 everywhere reaches as far as so many independent answers', () => {
    const all = { numerators: Array(10).fill(4), denominators: Array(10).fill(4) };
    const { interval, why } = ratioInterval(all, { range: share });
    // Clopper and Pearson: 0.025^(1/10).
    close(interval?.[0], 0.691_502_892_181_239_9);
    assert.equal(interval?.[1], 1);
    assert.match(why ?? '', /10 independent answers/);
  });

  it('of one object found among 28 reaches as far as so many answers, though resampling sees no spread', () => {
    const numerators = Array.from({ length: 24 }, (_, group) => (group === 0 ? 1 : 0));
    const denominators = Array.from({ length: 24 }, (_, group) => (group < 4 ? 2 : 1));
    const { interval, why } = ratioInterval({ numerators, denominators }, { range: [0, 1] });
    // scipy.stats.beta.ppf([.025, .975], [24/28, 24/28 + 1], [25 - 24/28, 24 - 24/28])
    assert.ok(Math.abs((interval?.[1] ?? 0) - 0.20219063) < 1e-4, String(interval));
    assert.equal(interval?.[0], 0);
    assert.match(why ?? '', /fewer than 5 groups differ/);
  });

  it('is none where every group has the same rate', () => {
    const same = { numerators: Array(10).fill(8), denominators: Array(10).fill(4) };
    assert.equal(ratioInterval(same).interval, undefined);
  });

  it('is none below five groups that have a denominator', () => {
    const { interval, groups } = ratioInterval({
      numerators: [1, 2, 3, 1, 0, 0],
      denominators: [2, 3, 4, 5, 0, 0],
    });
    assert.equal(interval, undefined);
    assert.equal(groups, 4);
  });
});

describe('the difference of two ratios over the same groups', () => {
  const first = videos(20, seededRandom(5));
  const better = first.numerators.map((found, i) =>
    Math.min(first.denominators[i] as number, found + (i % 3 === 0 ? 2 : 1)),
  );

  it('is narrower than either ratio, because what both share cancels', () => {
    const second = { numerators: better, denominators: first.denominators };
    const difference = ratioDifference(first, second);
    const [low = 0, high = 0] = difference?.interval ?? [];
    const [lowest = 0, highest = 0] = ratioInterval(first, { range: share }).interval ?? [];
    assert.ok(low > 0 && high - low < (highest - lowest) / 2);
    assert.ok((difference?.p ?? 1) < 1e-4);
  });

  it('turns round with the runs', () => {
    const second = { numerators: better, denominators: first.denominators };
    const forth = ratioDifference(first, second);
    const back = ratioDifference(second, first);
    close(back?.difference, -(forth?.difference ?? 0));
    close(back?.p, forth?.p ?? 0);
    close(back?.interval?.[0], -(forth?.interval?.[1] ?? 0));
  });

  it('of a run with itself is 0 and has no interval', () => {
    const same = ratioDifference(first, first);
    assert.equal(same?.difference, 0);
    assert.equal(same?.interval, undefined);
  });

  it('does not exist where a run has nothing to divide by', () => {
    const none = { numerators: Array(20).fill(0), denominators: Array(20).fill(0) };
    assert.equal(ratioDifference(first, none), undefined);
  });
});

describe('a jackknife interval', () => {
  it('of a mean is that of Student', () => {
    const values = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5];
    const sum = values.reduce((total, value) => total + value);
    const without = values.map((value) => (sum - value) / (values.length - 1));
    const jackknife = jackknifeInterval(sum / values.length, without);
    const student = meanInterval(values);
    close(jackknife.interval?.[0], student.interval?.[0] ?? 0);
    close(jackknife.interval?.[1], student.interval?.[1] ?? 0);
  });

  it('of a difference leaves out what both runs share', () => {
    const without = [0.5, 0.6, 0.4, 0.55, 0.45, 0.5];
    const second = without.map((value, i) => value + 0.1 + (i % 2) / 1000);
    const difference = jackknifeDifference(
      { value: 0.5, without },
      { value: 0.6005, without: second },
    );
    close(difference.difference, 0.1005);
    const [low = 0, high = 0] = difference.interval ?? [];
    assert.ok(low > 0.09 && high < 0.11, `${low} to ${high}`);
  });
});
