import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { childArguments } from '../../src/cli/commands/run-worker-processes.ts';
import { runCli } from '../support/cli.ts';
import { lendRedis } from '../support/lent-redis.ts';

const args = ['worker', '--devices', 'cuda:0,cuda:1', '--grace', '5', '--http-port', '9464'];

describe('the command line of a supervised worker', () => {
  it('names one device and a port of its own, and keeps all else', () => {
    assert.deepEqual(childArguments(args, { device: 'cuda:1', index: 1, httpPort: 9464 }), [
      ...['worker', '--grace', '5', '--http-port', '9464'],
      ...['--device', 'cuda:1', '--http-port', '9465'],
    ]);
  });

  it('does not make the worker a supervisor, however that was said', () => {
    for (const said of [['--devices=cpu'], ['--devices', 'cpu'], ['--supervise']]) {
      const child = childArguments(['worker', ...said, '--batch', '4'], {
        ...{ device: 'cpu', index: 0, httpPort: undefined },
      });
      assert.deepEqual(child, ['worker', '--batch', '4', '--device', 'cpu']);
    }
  });

  it('lets every worker take a free port when the first may', () => {
    const child = childArguments(['worker'], { device: 'cpu', index: 3, httpPort: 0 });
    assert.deepEqual(child.slice(-2), ['--http-port', '0']);
  });
});

describe('eigenfleet worker --devices', () => {
  it('refuses a list with a device that is none, and ports beyond the last', async () => {
    const unknown = await runCli(['worker', '--devices', 'cpu,gpu7']);
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /error: --devices must be/);
    const ports = await runCli(['worker', '--devices', 'cpu,cpu', '--http-port', '65535']);
    assert.equal(ports.code, 2);
    assert.match(ports.stderr, /leaves no port for each of 2 devices: use one up to 65534\./);
  });

  it('gives up at once, with the code of a refusal, when Redis does not let it in', async () => {
    const redis = await lendRedis();
    try {
      const url = redis.url.replace('redis://', 'redis://nobody:wrong@');
      const { code, stderr } = await runCli(
        ['worker', '--supervise', '--device', 'cpu', '--redis', url],
        { env: { LOG_LEVEL: 'error' } },
      );
      assert.equal(code, 11, stderr);
      assert.match(stderr, /The worker on cpu is not restarted/);
    } finally {
      await redis.close();
    }
  });
});
