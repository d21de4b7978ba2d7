import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EigenfleetError } from '../../../src/shared/errors.ts';
import { redisError } from '../../../src/shared/queue/redis-error.ts';

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

describe('a failure of Redis', () => {
  const full = "OOM command not allowed when used memory > 'maxmemory'.";
  for (const [error, words] of [
    [named('MaxRetriesPerRequestError', 'Reached the max retries per request limit'), /went away/],
    [named('ClusterAllFailedError', 'Failed to refresh slots cache.'), /went away/],
    [new Error('Connection is closed.'), /went away/],
    [named('AbortError', 'Command aborted due to connection close'), /went away/],
    [named('ReplyError', full), /^The memory of Redis at .* is full .*raise its maxmemory/],
  ] as const) {
    it(`is a sentence without credentials: ${error.message}`, () => {
      const told = redisError(error, 'redis://user:secret@here:6379');
      assert.ok(told instanceof EigenfleetError);
      assert.equal(told.exitCode, 8);
      assert.match(told.message, words);
      assert.match(told.message, /redis:\/\/here:6379/);
      assert.doesNotMatch(told.message, /secret/);
    });
  }

  for (const [error, words] of [
    [
      named('ReplyError', 'MOVED 5334 10.0.0.2:6379'),
      /is a node of a cluster .*add --redis-cluster/,
    ],
    [
      named('ReplyError', 'READONLY You may not'),
      /is a read-only replica .*address of the primary/,
    ],
    [named('ReplyError', "NOPERM f may not run the 'xadd' command"), /`ACL SETUSER user \+xadd`/],
    [named('ParserError', 'Unknown RESP type 60 "<"'), /is not a Redis server .*correct --redis/],
    [
      Object.assign(named('ClusterAllFailedError', 'Failed to refresh slots cache.'), {
        lastNodeError: named('ReplyError', 'ERR This instance has cluster support disabled'),
      }),
      /is not a node of a cluster .*drop --redis-cluster/,
    ],
  ] as const) {
    it(`that is for good has a code of its own: ${error.message}`, () => {
      const told = redisError(error, 'redis://user:secret@here:6379');
      assert.ok(told instanceof EigenfleetError);
      assert.equal(told.exitCode, 11);
      assert.match(told.message, words);
      assert.doesNotMatch(told.message, /secret/);
    });
  }

  it('is nothing else', () => {
    const others = [new TypeError('a fault'), named('AbortError', 'aborted'), 'text'];
    for (const error of others) assert.equal(redisError(error, 'redis://here'), error);
  });
});
