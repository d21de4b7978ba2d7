import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { startCli } from '../support/cli.ts';
import { startRedis } from '../support/redis-server.ts';

const started = (...known: readonly number[]): RegExp =>
  new RegExp(`"child":(?!(?:${known.join('|') || '0'})\\b)\\d+,"msg":"worker process started"`);

const childOf = (line: string): number => (JSON.parse(line) as { child: number }).child;

describe('eigenfleet worker --devices cpu,cpu', () => {
  it('starts a worker that was killed again, and ends in good order with all of them', async () => {
    const redis = await startRedis();
    after(redis.close);
    const env = { REDIS_URL: redis.url, LOG_LEVEL: 'info' };
    const fleet = startCli(['worker', '--devices', 'cpu,cpu', '--http-port', '0'], { env });
    const first = childOf(await fleet.line(started()));
    const second = childOf(await fleet.line(started(first)));
    const { url } = JSON.parse(await fleet.line(/serving \/metrics/)) as { url: string };
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
    process.kill(first, 'SIGKILL');
    assert.match(
      await fleet.line(/worker process crashed/),
      /"signal":"SIGKILL","restartInMs":1000/,
    );
    const third = childOf(await fleet.line(started(first, second)));
    await fleet.line(new RegExp(`"pid":${third},.*worker started`));
    fleet.kill('SIGTERM');
    const { code, stderr } = await fleet.result;
    assert.equal(code, 0, stderr);
    assert.equal(stderr.match(/"msg":"worker process ended"/g)?.length, 2);
  });
});
