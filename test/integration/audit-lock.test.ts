import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, describe, it } from 'node:test';
import { Redis } from 'ioredis';
import { lockAudit } from '../../src/audit/night/redis-lock.ts';
import { lendRedis } from '../support/lent-redis.ts';

describe('the lock of an audit', async () => {
  const server = await lendRedis();
  const redis = new Redis(server.url);
  after(async () => {
    redis.disconnect();
    await server.close();
  });
  const take = (audit: string, lockMs = 60_000) =>
    lockAudit(redis, { home: 'home', audit, lockMs });

  it('is held by one, until it is released; another audit has its own', async () => {
    const first = await take('a');
    assert.ok(first);
    assert.equal(await take('a'), undefined);
    const other = await take('b');
    assert.ok(other);
    await first.release();
    const second = await take('a');
    assert.ok(second);
    // Too late, and no longer his.
    await first.release();
    assert.equal(await take('a'), undefined);
    for (const lock of [second, other]) await lock.release();
  });

  it('is renewed for as long as its holder lives, and tells it when another may have it', async () => {
    const held = await take('c', 400);
    assert.ok(held);
    const until = performance.now() + 1_000;
    while (performance.now() < until) assert.equal(await take('c', 400), undefined);
    const lost = once(held.signal, 'abort');
    for (const key of await redis.keys('*:audit:*')) await redis.del(key);
    await lost;
    const next = await take('c');
    assert.ok(next);
    await held.release();
    assert.equal(await take('c'), undefined);
    await next.release();
  });
});
