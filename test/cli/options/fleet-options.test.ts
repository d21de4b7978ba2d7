import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redisTargetOf } from '../../../src/cli/options/fleet-options.ts';

test('a Redis URL may name a database by its number, and the family of addresses', () => {
  for (const url of [
    'redis://127.0.0.1:6379',
    'rediss://user:pw@queue.internal:6379/',
    'redis://127.0.0.1:6379/15',
    'redis://127.0.0.1:6379?db=3&family=6',
  ]) {
    assert.deepEqual(redisTargetOf({ redis: url }), { url, cluster: false });
  }
});

test('what ioredis would take for database 0, or for a setting of its own, is refused', () => {
  const refused: readonly (readonly [url: string, says: RegExp])[] = [
    [
      'redis://127.0.0.1/abc',
      /^--redis "redis:\/\/127\.0\.0\.1\/abc" names no database: .* number/,
    ],
    ['redis://127.0.0.1/-1', /names no database/],
    ['redis://127.0.0.1/0/1', /names no database/],
    ['redis://127.0.0.1/1.5', /names no database/],
    ['redis://127.0.0.1?db=abc', /^--redis has \?db=, which cannot be used: only family=4/],
    ['redis://127.0.0.1?keyPrefix=mine', /has \?keyPrefix=/],
    ['redis://127.0.0.1?maxRetriesPerRequest=5', /has \?maxRetriesPerRequest=/],
    ['redis://u:pw@127.0.0.1?password=hunter2', /has \?password=\*\*\*/],
  ];
  for (const [redis, message] of refused) {
    assert.throws(() => redisTargetOf({ redis }), { code: 'usage', message });
  }
});
