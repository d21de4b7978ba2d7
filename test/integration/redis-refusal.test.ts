import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { checkRedis } from '../../src/cli/doctor/doctor-redis.ts';
import { withFleet } from '../../src/fleet/fleet-connection.ts';
import { startRedis } from '../support/redis-server.ts';

const server = await startRedis({
  settings: [
    ...['--user', 'default', 'on', '>secret', '~*', '&*', '+@all'],
    ...['--user', 'guest', 'on', '>guest', '~*', '+ping', '+info'],
  ],
});
after(server.close);

const urlOf = (user: string) => server.url.replace('//', `//${user}@`);
const connect = (url: string) =>
  withFleet({ url, cluster: false }, ({ progress }) => progress.listWorkers());

test('a password that is missing or wrong is asked for, and nobody is told to start Redis', async () => {
  const cases: readonly (readonly [url: string, says: RegExp])[] = [
    [server.url, /^Redis at redis:\/\/127\.0\.0\.1:\d+ asks for a password \(NOAUTH\): give it as/],
    [urlOf(':wrong'), /refuses the user or the password \(WRONGPASS .*\): give the right ones as/],
    [urlOf('nobody:secret'), /refuses the user or the password \(WRONGPASS /],
  ];
  for (const [url, says] of cases) {
    await assert.rejects(connect(url), (error: Error) => {
      assert.match(error.message, says);
      assert.match(error.message, /redis:\/\/:password@host or .*, in --redis or REDIS_URL\.$/);
      return 'code' in error && error.code === 'redis';
    });
  }
  assert.deepEqual(await connect(urlOf(':secret')), []);
});

test('a user without the rights is told which one it lacks', async () => {
  const message = /does not let this user do that \(NOPERM .*\): give that user the right to it/;
  await assert.rejects(connect(urlOf('guest:guest')), { code: 'redis', message });
});

test('doctor says the same', async () => {
  const [check] = await checkRedis({ url: server.url, cluster: false });
  assert.equal(check?.status, 'problem');
  assert.match(check?.says ?? '', /^redis:\S+ asks for a password \(NOAUTH\)$/);
  assert.match(check?.remedy ?? '', /^give it as redis:\/\/:password@host/);
});
