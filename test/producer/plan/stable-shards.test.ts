import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KeyMixes, lowestLimit } from '../../../src/producer/plan/key-mixes.ts';
import { stableShardSize, stableShards } from '../../../src/producer/plan/stable-shards.ts';
import { keyMix } from '../../../src/shared/run/carry/key-mix.ts';

function shardsOf(keys: readonly string[], most: number): string[][] {
  const mixes = new KeyMixes();
  for (const key of keys) mixes.add(key);
  let start = 0;
  return stableShards(mixes.finish(), most).map((size) => {
    start += size;
    return keys.slice(start - size, start);
  });
}

function names(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `shots/${String(i).padStart(6, '0')}.jpg`);
}

describe('shards that end by the names of their images', () => {
  it('hold all images in their order, none more than the most, and few less than a third of it', () => {
    for (const most of [1, 2, 5, 64, 256]) {
      const keys = names(5_000);
      const shards = shardsOf(keys, most);
      assert.deepEqual(shards.flat(), keys);
      assert.ok(shards.every(({ length }) => length > 0 && length <= most));
      const small = shards.filter(({ length }) => length < Math.floor(most / 4));
      assert.ok(small.length <= 1, `${small.length} of ${shards.length}`);
    }
    assert.deepEqual(shardsOf([], 16), []);
    assert.deepEqual(shardsOf(['a'], 16), [['a']]);
  });

  it('are the same but for one or two where an image comes or goes', () => {
    const keys = names(5_000);
    const before = new Set(shardsOf(keys, 64).map((shard) => shard.join()));
    for (const at of [0, 1, 777, 2_500, 4_321, 4_998]) {
      const more = [...keys.slice(0, at + 1), `${keys[at]}.jpg`, ...keys.slice(at + 1)];
      const less = [...keys.slice(0, at), ...keys.slice(at + 1)];
      for (const changed of [more, less]) {
        const others = shardsOf(changed, 64).filter((shard) => !before.has(shard.join()));
        assert.ok(others.length >= 1 && others.length <= 3, `${others.length} at ${at}`);
      }
    }
  });

  it('do not become smaller in a year of nights', () => {
    const keys = names(400);
    for (let night = 0; night < 365; night++) {
      keys.splice(night, 1);
      keys.push(`shots/1${String(night).padStart(5, '0')}.jpg`);
    }
    const shards = shardsOf(keys.sort(), 16);
    assert.ok(shards.length < (400 / 16) * 2.5, `${shards.length} shards of 400 images`);
  });

  it('are larger by steps of two as the dataset grows', () => {
    const sizes = [1, 4_095, 4_096, 10_000, 16_384, 10_000_000].map(stableShardSize);
    assert.deepEqual(sizes, [16, 16, 32, 64, 128, 256]);
  });
});

describe('the sample of a dataset by its names', () => {
  it('is the lowest so many', () => {
    const keys = names(1_000);
    const mixes = Uint32Array.from(keys, keyMix);
    for (const count of [0, 1, 200, 1_000, 5_000]) {
      const limit = lowestLimit(mixes, count);
      assert.equal(keys.filter((key) => keyMix(key) <= limit).length, Math.min(count, 1_000));
    }
  });

  it('takes in at most one image that was there where another leaves', () => {
    const keys = names(1_000);
    const sampled = (all: readonly string[]) => {
      const limit = lowestLimit(Uint32Array.from(all, keyMix), 200);
      return all.filter((key) => keyMix(key) <= limit);
    };
    const before = new Set(sampled(keys));
    for (let at = 0; at < 1_000; at += 101) {
      const after = sampled(keys.filter((_, i) => i !== at));
      assert.ok(after.filter((key) => !before.has(key)).length <= 1);
    }
  });
});
