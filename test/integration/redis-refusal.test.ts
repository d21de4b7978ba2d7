import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Redis } from 'ioredis';
import { checkRedis } from '../../src/cli/doctor/doctor-redis.ts';
import { withFleet } from '../../src/fleet/fleet-connection.ts';
import { runCli, startCli } from '../support/cli.ts';
import { bloodCells, quickModel } from '../support/fleet.ts';
import { startRedis } from '../support/redis-server.ts';
import { tempDir } from '../support/temp-dir.ts';

const server = await startRedis({
  settings: [
    ...['--user', 'default', 'on', '>secret', '~*', '&*', '+@all'],
    ...['--user', 'noinfo', 'on', '>pw', '~*', '&*', '+@all', '-@dangerous'],
    ...['--user', 'noeval', 'on', '>pw', '~*', '&*', '+@all', '-eval', '-evalsha'],
    ...['--user', 'few', 'on', '>pw', '~*', '&*', '+@all', '-xadd', '-zadd'],
    ...['--user', 'otherkeys', 'on', '>pw', '~bull:*', '&*', '+@all'],
    // What docs/deployment.md says is enough.
    ...[
      '--user',
      'fleet',
      'on',
      '>pw',
      '~{eigenfleet}:*',
      '+@all',
      '-@admin',
      '-@dangerous',
      '+info',
    ],
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
      return 'code' in error && error.code === 'refused';
    });
  }
  assert.deepEqual(await connect(urlOf(':secret')), []);
});

test('a database that is not there is named, and database 0 is not taken for it', async () => {
  const url = `${urlOf(':secret')}/99`;
  const says = { code: 'refused', message: /127\.0\.0\.1:\d+\/99 has no such database/ };
  await assert.rejects(connect(url), says);
  const follow = withFleet(
    { url, cluster: false },
    ({ progress, refusal }) =>
      progress.listWorkers().catch(() => {
        throw refusal();
      }),
    'awaited',
  );
  await assert.rejects(follow, says);
});

test('a service whose user is turned off while it works ends with code 11', async () => {
  const admin = new Redis(urlOf(':secret'));
  await admin.call('ACL', 'SETUSER', 'passing', 'on', '>pw', '~*', '&*', '+@all');
  const env = { REDIS_URL: urlOf('passing:pw') };
  const services = [
    startCli(['coordinator'], { env }),
    startCli(['worker', '--device', 'cpu'], { env }),
  ];
  await Promise.all(services.map((service) => service.line(/started/)));
  await admin.call('ACL', 'SETUSER', 'passing', 'off');
  await admin.call('CLIENT', 'KILL', 'USER', 'passing');
  admin.disconnect();
  for (const { result } of services) {
    const { code, stderr } = await result;
    assert.equal(code, 11, stderr);
    assert.match(stderr, /^error: Redis at .* refuses the user or the password/m);
  }
});

test('a user without the rights is told all that it lacks, and how to grant it', async () => {
  const lacks = (user: string, rules: string) => ({
    code: 'refused',
    message: new RegExp(
      `\\(its rights lack ${rules}\\): grant it .* \`ACL SETUSER ${user} ${rules}\``,
    ),
  });
  const refused = (user: string) => connect(urlOf(`${user}:pw`));
  await assert.rejects(refused('noinfo'), lacks('noinfo', '\\+info'));
  await assert.rejects(refused('noeval'), lacks('noeval', '\\+eval \\+evalsha'));
  await assert.rejects(refused('few'), lacks('few', '\\+xadd \\+zadd'));
  await assert.rejects(refused('otherkeys'), lacks('otherkeys', '~{eigenfleet}:\\*'));
  // Whom it lists is another matter: a worker of another test may have left its last heartbeat.
  await assert.doesNotReject(refused('fleet'));
});

for (const [command, user] of [
  [['worker', '--device', 'cpu'], 'noeval'],
  [['coordinator'], 'noinfo'],
  [['enqueue', ...quickModel, '-i', bloodCells, '-o', tempDir()], 'otherkeys'],
] as const) {
  test(`${command[0]} ends with code 11 and a sentence`, async () => {
    const env = { REDIS_URL: urlOf(`${user}:pw`) };
    const { code, stderr } = await runCli(command, { env });
    assert.equal(code, 11, stderr);
    assert.match(stderr, /^error: Redis at redis:\/\/127.* `ACL SETUSER \w+ \S+.*`/m);
    assert.ok(stderr.split('\n').length < 8, stderr);
  });
}

test('doctor says the same', async () => {
  const [check] = await checkRedis({ url: server.url, cluster: false });
  assert.equal(check?.status, 'problem');
  assert.match(check?.says ?? '', /^redis:\S+ asks for a password \(NOAUTH\)$/);
  assert.match(check?.remedy ?? '', /^give it as redis:\/\/:password@host/);
  const [few] = await checkRedis({ url: urlOf('few:pw'), cluster: false });
  assert.match(few?.remedy ?? '', /`ACL SETUSER few \+xadd \+zadd`/);
  const doctor = await runCli(['doctor', '--redis', urlOf('noinfo:pw')]);
  assert.equal(doctor.code, 11, doctor.stdout);
});
