import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { DoctorCheck } from '../../src/cli/doctor/doctor-check.ts';
import { checkRedis, judgeRedis } from '../../src/cli/doctor/doctor-redis.ts';
import { checkImages, checkOut } from '../../src/cli/doctor/doctor-storage.ts';
import { FolderStore } from '../../src/shared/storage/folder-store.ts';
import { runCli } from '../support/cli.ts';
import { startRedisCluster } from '../support/redis-cluster.ts';
import { startRedis } from '../support/redis-server.ts';
import { makeBucket } from '../support/s3-bucket.ts';
import { useTestCredentials } from '../support/s3-credentials.ts';
import { startS3Server } from '../support/s3-server.ts';
import { tempDir } from '../support/temp-dir.ts';

const target = { url: 'redis://127.0.0.1:6379', cluster: false };

function stateOf(checks: readonly DoctorCheck[]): Record<string, string> {
  return Object.fromEntries(checks.map(({ name, status }) => [name, status]));
}

function remedyOf(checks: readonly DoctorCheck[], wanted: string): string | undefined {
  return checks.find(({ name }) => name === wanted)?.remedy;
}

describe('doctor on Redis', () => {
  it('finds nothing to say about one that is set up as documented', async () => {
    const server = await startRedis();
    after(server.close);
    const checks = await checkRedis({ url: server.url, cluster: false });
    assert.deepEqual(
      checks.map(({ name, status }) => [name, status]),
      [
        ['Redis', 'ok'],
        ['Redis eviction', 'ok'],
        ['Redis on disk', 'ok'],
        ['Redis memory', 'ok'],
      ],
    );
    assert.match(checks[0]!.says, /^Redis \d+\.\d+\.\d+ answers at redis:\/\/127\.0\.0\.1:\d+$/);
  });

  it('names the settings of one that would lose jobs', async () => {
    const settings = ['--maxmemory-policy', 'allkeys-lru'];
    const server = await startRedis({ appendOnly: false, maxmemory: '4mb', settings });
    after(server.close);
    const checks = await checkRedis({ url: server.url, cluster: false });
    assert.deepEqual(stateOf(checks), {
      ...{ Redis: 'ok', 'Redis eviction': 'problem' },
      ...{ 'Redis on disk': 'note', 'Redis memory': 'problem' },
    });
    assert.equal(remedyOf(checks, 'Redis eviction'), 'set maxmemory-policy noeviction.');
    assert.match(remedyOf(checks, 'Redis on disk')!, /appendonly yes/);
    assert.match(remedyOf(checks, 'Redis memory')!, /raise maxmemory/);
  });

  it('looks at every node of a cluster, and asks for --redis-cluster where it is missing', async () => {
    const cluster = await startRedisCluster();
    after(cluster.close);
    const url = cluster.urls[1]!;
    const alone = await checkRedis({ url, cluster: false });
    assert.equal(alone[0]?.status, 'problem');
    assert.equal(alone[0]?.remedy, 'add --redis-cluster.');
    const whole = await checkRedis({ url, cluster: true });
    assert.equal(whole[0]?.status, 'ok');
    assert.match(whole[0]?.says ?? '', /\(of 3 nodes\)$/);
  });

  it('says of one that does not answer what to do, and not its password', async () => {
    const [check, ...more] = await checkRedis({
      url: 'redis://user:secret@127.0.0.1:1',
      cluster: false,
    });
    assert.equal(check?.status, 'problem');
    assert.match(check?.says ?? '', /^redis:\/\/127\.0\.0\.1:1 does not answer: .*ECONNREFUSED/);
    assert.match(check?.remedy ?? '', /start it, or correct --redis/);
    assert.ok(!JSON.stringify(check).includes('secret'));
    assert.deepEqual(more, []);
  });

  it('knows versions that are too old, and those that are not Redis', () => {
    const statusOf = (info: Record<string, string>) => judgeRedis(info, target)[0]?.status;
    assert.equal(statusOf({ redis_version: '4.0.14' }), 'problem');
    assert.equal(statusOf({ redis_version: '5.0.0' }), 'note');
    assert.equal(statusOf({ redis_version: '6.0.20' }), 'note');
    assert.equal(statusOf({ redis_version: '6.2.0' }), 'ok');
    assert.equal(statusOf({ redis_version: '10.0.1' }), 'ok');
    assert.equal(statusOf({ redis_version: '7.2.4', valkey_version: '8.0.1' }), 'ok');
  });

  it('notes a Redis that is filling up', () => {
    const memory = (used: number, maxmemory: number, machine = 64e9) =>
      judgeRedis(
        {
          used_memory: `${used}`,
          maxmemory: `${maxmemory}`,
          total_system_memory: `${machine}`,
        },
        target,
      )[3];
    assert.equal(memory(1e9, 4e9)?.status, 'ok');
    assert.equal(memory(3e9, 4e9)?.status, 'note');
    assert.equal(memory(3.999e9, 4e9)?.status, 'problem');
    assert.equal(memory(1e9, 0)?.status, 'ok');
    assert.equal(memory(60e9, 0)?.status, 'note');
  });
});

describe('doctor on storage', () => {
  useTestCredentials();

  it('tries a folder that is not there yet, and leaves nothing behind', async () => {
    const root = tempDir();
    const folder = join(root, 'audits/results');
    const check = await checkOut(new FolderStore(folder));
    assert.equal(check.status, 'ok');
    assert.match(check.says, /^file:.*results can be listed, written, read and deleted$/);
    assert.deepEqual(readdirSync(root), []);
  });

  it('leaves a folder that was there, and what is in it', async () => {
    const folder = tempDir();
    writeFileSync(join(folder, 'mine'), '');
    assert.equal((await checkOut(new FolderStore(folder))).status, 'ok');
    assert.deepEqual(readdirSync(folder), ['mine']);
  });

  it('says what is not allowed in a bucket', async () => {
    const server = await startS3Server();
    after(() => server.close());
    const bucket = await makeBucket(server.endpoint);
    const store = bucket.store({ prefix: 'out' });
    const cases = [
      ['list', 'listed'],
      ['put', 'written'],
      ['get', 'read'],
      ['delete', 'deleted'],
    ] as const;
    assert.equal((await checkOut(store)).status, 'ok');
    assert.equal(server.objects.size, 0);
    for (const [operation, word] of cases) {
      server.fail({ operation, with: 403 });
      const check = await checkOut(store);
      assert.equal(check.status, 'problem');
      assert.match(check.says, new RegExp(`cannot be ${word}`));
      assert.deepEqual(check.data.cannot, [word]);
      assert.ok(check.remedy !== undefined && check.remedy.length > 20, check.remedy);
      assert.equal(server.objects.size, operation === 'delete' ? 1 : 0);
      server.heal();
    }
  });

  it('reads the first image of a prefix, and calls an empty one a problem', async () => {
    const server = await startS3Server();
    after(() => server.close());
    const bucket = await makeBucket(server.endpoint);
    const store = bucket.store({ prefix: 'images' });
    assert.match((await checkImages(store)).says, /^there is nothing at s3:/);
    await store.put('a.jpg', Uint8Array.of(1, 2));
    assert.match((await checkImages(store)).says, /can be listed and read$/);
    assert.deepEqual([...server.objects.keys()], [`${bucket.name}/images/a.jpg`]);
    server.fail({ operation: 'get', with: 403 });
    assert.match((await checkImages(store)).says, /cannot be read; it can be listed$/);
    server.fail({ operation: 'list', with: 403 });
    assert.match((await checkImages(store)).says, /cannot be listed$/);
  });
});

describe('eigenfleet doctor', () => {
  it('adds the fleet to its table, and exits with the code of what is wrong', async () => {
    const redis = await startRedis({ settings: ['--maxmemory-policy', 'volatile-lru'] });
    after(redis.close);
    const folder = tempDir();
    mkdirSync(join(folder, 'images'));
    writeFileSync(join(folder, 'images/a.jpg'), 'x');
    const env = { REDIS_URL: redis.url };
    const args = ['doctor', '--out', join(folder, 'out'), '--images', join(folder, 'images')];
    const { code, stdout } = await runCli(args, { env });
    assert.equal(code, 8, stdout);
    assert.match(
      stdout,
      /^✖ Redis eviction .*volatile-lru.* → set maxmemory-policy noeviction\.$/m,
    );
    assert.match(stdout, /^✔ stored images .* can be listed and read$/m);
    assert.match(stdout, /^✔ results .* can be listed, written, read and deleted$/m);
    assert.match(stdout, /cannot run here yet: see Redis eviction\./);
  });

  it('leaves Redis out where nobody names one, as JSON too', async () => {
    const { code, stdout } = await runCli(['doctor', '--json'], { env: { REDIS_URL: undefined } });
    const { checks } = JSON.parse(stdout);
    assert.equal(code, 0);
    assert.ok(!checks.some(({ name }: { name: string }) => /Redis|results/.test(name)));
  });

  it('exits with the code of storage where results cannot go', async () => {
    const file = join(tempDir(), 'file');
    writeFileSync(file, 'no folder');
    const env = { REDIS_URL: undefined };
    const { code, stdout } = await runCli(['doctor', '--out', join(file, 'out')], { env });
    assert.equal(code, 5);
    assert.match(stdout, /^✖ results .*out cannot be .*written.* → /m);
  });
});
