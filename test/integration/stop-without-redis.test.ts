import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCli } from '../support/cli.ts';
import { startFleet } from '../support/fleet.ts';

test('services that hold nothing end at once, and well, when they are told to while Redis is away', async () => {
  const fleet = await startFleet();
  const services = await Promise.all([fleet.worker(['--grace', '600']), fleet.coordinator()]);
  await fleet.redis.kill('SIGKILL');
  await Promise.all(services.map((service) => service.line(/Redis is away/)));
  for (const service of services) service.kill('SIGTERM');
  for (const { result } of services) {
    const { code, signal, stderr } = await result;
    assert.deepEqual([code, signal], [0, null], stderr);
  }
});

test('a service that is started before Redis waits for it, says so to probes, and goes on when it comes', async () => {
  const fleet = await startFleet();
  await fleet.redis.kill('SIGKILL');
  const coordinator = startCli(['coordinator', '--http-port', '0'], { env: fleet.env });
  const { url } = JSON.parse(await coordinator.line(/serving \/metrics/)) as { url: string };
  await coordinator.line(/Redis is away: waiting for it/);
  const health = await fetch(`${url}/healthz`);
  assert.equal(health.status, 200);
  assert.match(await health.text(), /"degraded","reasons":\["Redis is away \(redis:.*ECONNREFUSED/);
  await fleet.redis.restart();
  await coordinator.line(/Redis is back/);
  await coordinator.line(/coordinator started/);
  coordinator.kill('SIGTERM');
  const { code, stderr } = await coordinator.result;
  assert.equal(code, 0, stderr);
});
