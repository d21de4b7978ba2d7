import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { after, describe, it } from 'node:test';
import { Redis } from 'ioredis';
import { connectRedis } from '../../src/shared/queue/redis-connection.ts';
import { findProgram } from '../support/find-program.ts';
import { lendRedis } from '../support/lent-redis.ts';
import { startRedisCluster } from '../support/redis-cluster.ts';
import { startRedis, startValkey } from '../support/redis-server.ts';
import { tempDir } from '../support/temp-dir.ts';

function client(url: string): Redis {
  const redis = new Redis(url);
  redis.on('error', () => {});
  after(() => redis.disconnect());
  return redis;
}

describe('a Redis of the test’s own', () => {
  it('never forgets to make room', async () => {
    const server = await startRedis({ maxmemory: '50mb' });
    after(server.close);
    const info = await client(server.url).info('memory');
    assert.match(info, /maxmemory_policy:noeviction/);
    assert.match(info, /maxmemory:52428800/);
  });

  it('has what it had after it was killed and started again', async () => {
    const server = await startRedis();
    after(server.close);
    const redis = client(server.url);
    await redis.set('kept', 'yes');
    const first = server.process;
    await server.kill('SIGKILL');
    assert.equal(first.signalCode, 'SIGKILL');
    await server.restart();
    assert.equal(await redis.get('kept'), 'yes');
  });

  it('leaves no process and no file', async () => {
    const server = await startRedis();
    const folder = ((await client(server.url).config('GET', 'dir')) as string[])[1]!;
    assert.ok(existsSync(folder));
    await server.close();
    await server.close();
    assert.equal(server.process.signalCode, 'SIGKILL');
    assert.equal(existsSync(folder), false);
  });

  it('says why it did not start', async () => {
    await assert.rejects(
      startRedis({ settings: ['--no-such-setting', '1'] }),
      /ended at once:[\s\S]*no-such-setting/,
    );
  });

  it('dies with a test that is killed', { skip: !findProgram(['setpriv']) }, async () => {
    const module = new URL('../support/redis-server.js', import.meta.url).href;
    const program = `const { startRedis } = await import('${module}'); console.log((await startRedis({ dir: ${JSON.stringify(tempDir())} })).port);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [port] = await once(parent.stdout, 'data');
    const socket = connect(Number(port), '127.0.0.1').on('error', () => {});
    await once(socket, 'connect');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    parent.kill('SIGKILL');
    // A reset is an end, too: `once` would take it for a failure.
    await closed;
  });
});

describe('a Valkey', () => {
  it('answers like a Redis', async (t) => {
    const server = await startValkey();
    if (server === undefined) return t.skip('no Valkey can be had here');
    after(server.close);
    assert.match(await client(server.url).info('server'), /server_name:valkey/);
  });
});

describe('a cluster of three nodes', () => {
  it('keeps keys on all of them', async () => {
    const cluster = await startRedisCluster();
    after(cluster.close);
    const whole = connectRedis({ url: cluster.urls[0]!, cluster: true }, 'work');
    after(() => whole.disconnect());
    const keys = Array.from({ length: 30 }, (_, index) => `key-${index}`);
    await Promise.all(keys.map((key) => whole.set(key, key)));
    const sizes = await Promise.all(cluster.urls.map((url) => client(url).dbsize()));
    assert.equal(
      sizes.reduce((sum, size) => sum + size, 0),
      30,
    );
    assert.ok(sizes.every((size) => size > 0));
  });
});

describe('a lent Redis', () => {
  it('is a database of its own on the server of REDIS_URL, which it leaves as it was', async () => {
    const server = await startRedis();
    after(server.close);
    const inUse = client(`${server.url}/1`);
    await inUse.set('somebody', 'else');
    const before = process.env.REDIS_URL;
    process.env.REDIS_URL = server.url;
    after(() => {
      if (before === undefined) delete process.env.REDIS_URL;
      else process.env.REDIS_URL = before;
    });
    const loans = await Promise.all([lendRedis(), lendRedis(), lendRedis()]);
    assert.deepEqual(loans.map(({ url }) => new URL(url).pathname).sort(), ['/2', '/3', '/4']);
    await client(loans[0]!.url).set('mine', '1');
    await Promise.all(loans.map((loan) => loan.close()));
    assert.equal(await inUse.get('somebody'), 'else');
    const keyspace = await inUse.info('keyspace');
    assert.deepEqual(keyspace.match(/db\d+/g), ['db1']);
  });

  it('is a server of its own without REDIS_URL', async () => {
    const before = process.env.REDIS_URL;
    delete process.env.REDIS_URL;
    const loan = await lendRedis();
    after(loan.close);
    if (before !== undefined) process.env.REDIS_URL = before;
    assert.equal(await client(loan.url).ping(), 'PONG');
  });
});
