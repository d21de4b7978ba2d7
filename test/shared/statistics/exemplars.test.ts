import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyHash, Ranking } from '../../../src/shared/statistics/exemplars.ts';
import type { Exemplar } from '../../../src/shared/statistics/shard-statistics.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const exemplar = (value: number, key: string) => ({ value, key, shard: 0, row: 0 });

/** Merges them as columns have them. */
function merge(ranking: Ranking, exemplars: readonly Exemplar[]): void {
  const values = Float64Array.from(exemplars, ({ value }) => value);
  const places = Uint8Array.from(exemplars, (_, place) => place);
  const at = (place: number) => exemplars[place] as Exemplar;
  ranking.merge({ values, places, samples: { at } }, 0, exemplars.length);
}

test('a ranking keeps the lowest or the highest values, best first', () => {
  const lowest = new Ranking('lowest', 2);
  const highest = new Ranking('highest', 2);
  for (const value of [3, 1, 2, 5, 4]) {
    lowest.add(exemplar(value, `${value}.jpg`));
    highest.add(exemplar(value, `${value}.jpg`));
  }
  assert.deepEqual(
    lowest.build().map(({ value }) => value),
    [1, 2],
  );
  assert.deepEqual(
    highest.build().map(({ value }) => value),
    [5, 4],
  );
});

test('equal values are ranked by key, whatever the order of arrival', () => {
  for (const order of ['lowest', 'highest'] as const) {
    for (const keys of [
      ['c', 'a', 'b'],
      ['b', 'c', 'a'],
      ['a', 'b', 'c'],
    ]) {
      const ranking = new Ranking(order, 2);
      merge(
        ranking,
        keys.map((key) => exemplar(0.5, key)),
      );
      assert.deepEqual(
        ranking.build().map(({ key }) => key),
        ['a', 'b'],
      );
    }
  }
});

test('a full ranking still takes what comes before its last, with all that names it', () => {
  const at = (value: number, key: string, shard: number, row: number) => ({
    ...{ value, key, shard, row },
  });
  const kept = [at(5, 'b', 2, 3), at(5, 'b', 2, 4), at(5, 'b', 3, 1)];
  const further = [at(1, 'a', 6, 6), at(5, 'c', 1, 1), at(5, 'a', 4, 2), at(9, 'z', 7, 8)];
  for (const order of ['lowest', 'highest'] as const) {
    const ranking = new Ranking(order, 3);
    merge(ranking, [...kept].reverse());
    assert.deepEqual(ranking.build(), kept);
    merge(ranking, further);
    const best = order === 'lowest' ? at(1, 'a', 6, 6) : at(9, 'z', 7, 8);
    assert.deepEqual(ranking.build(), [best, at(5, 'a', 4, 2), at(5, 'b', 2, 3)]);
  }
});

test('values that are not finite are never kept', () => {
  const ranking = new Ranking('highest', 2);
  ranking.add(exemplar(Number.NaN, 'a'));
  ranking.add(exemplar(Number.POSITIVE_INFINITY, 'b'));
  assert.deepEqual(ranking.build(), []);
});

test('the hash of a key is an integer below 2^53 that is known', () => {
  // printf a.jpg | sha256sum, first 53 of 256 bits.
  assert.equal(keyHash('a.jpg'), 0xa1361a8c834f8);
});

test('the smallest hashes pick evenly from sorted keys', () => {
  const random = seededRandom(3);
  const prefix = random().toString(36);
  const ranking = new Ranking('lowest', 200);
  for (let i = 0; i < 10_000; i++) {
    const key = `${prefix}/${String(i).padStart(5, '0')}.jpg`;
    ranking.add({ value: keyHash(key), key, shard: 0, row: i });
  }
  const quarters = [0, 0, 0, 0];
  for (const { row } of ranking.build()) {
    const quarter = Math.floor(row / 2500);
    quarters[quarter] = (quarters[quarter] ?? 0) + 1;
  }
  // 50 each on average; 25 to 75 is four standard deviations.
  assert.ok(
    quarters.every((count) => count >= 25 && count <= 75),
    quarters.join(' '),
  );
});
