import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { repositoryRoot } from '../support/cache-folder.ts';
import { type RunningCli, runCli, startCli } from '../support/cli.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';
import { tempDir } from '../support/temp-dir.ts';
import { warmCache } from '../support/warm-cache.ts';

const model = join(repositoryRoot, 'test/fixtures/models/tiny-det.onnx');
const images = join(repositoryRoot, 'examples/blood-cells/images/test');

/** Where a service says, in its log, that it serves. */
async function servedAt(service: RunningCli): Promise<string> {
  const line = await service.line(/serving \/metrics/);
  const { url } = JSON.parse(line) as { url: string };
  return url;
}

async function textOf(url: string): Promise<string> {
  return (await fetch(url)).text();
}

describe('the fleet over HTTP', () => {
  it('counts the images of a run, names the device, and says when Redis is gone', async () => {
    const redis: RedisServer = await startRedis();
    after(redis.close);
    const env = { REDIS_URL: redis.url, LOG_LEVEL: 'info', ...warmCache() };
    const out = tempDir();
    const probes = ['--http-port', '0'];
    const coordinator = startCli(['coordinator', '--out', out, ...probes], { env });
    const worker = startCli(['worker', '--device', 'cpu', ...probes], { env });
    const [ofWorker, ofCoordinator] = await Promise.all([worker, coordinator].map(servedAt));
    await worker.line(/worker started/);
    assert.match(await textOf(`${ofWorker}/metrics`), /^eigenfleet_worker_info\{.*device="none"/m);

    const enqueued = await runCli(
      [
        ...['enqueue', '--model', model, '--images', images, '--out', out],
        ...['--limit', '6', '--shard-size', '2', '--wait', '--quiet'],
      ],
      { env },
    );
    assert.equal(enqueued.code, 0, enqueued.stderr);

    const metrics = await textOf(`${ofWorker}/metrics`);
    assert.match(metrics, /^eigenfleet_images_total\{status="success"\} 6$/m);
    assert.match(metrics, /^eigenfleet_shards_total\{outcome="done"\} 3$/m);
    assert.match(metrics, /^eigenfleet_worker_info\{.*device="cpu"/m);
    assert.match(metrics, /^eigenfleet_stage_seconds_count\{stage="infer"\} 6$/m);
    for (const queue of ['shards', 'summaries']) {
      const series = `eigenfleet_queue_jobs{queue="${queue}",state="active"} 0`;
      assert.ok(metrics.includes(series), metrics);
      assert.ok((await textOf(`${ofCoordinator}/metrics`)).includes(series));
    }
    const swept = /^eigenfleet_last_sweep_age_seconds \d/m;
    assert.match(await textOf(`${ofCoordinator}/metrics`), swept);

    for (const url of [ofWorker, ofCoordinator]) {
      assert.equal((await fetch(`${url}/readyz`)).status, 200);
    }
    await redis.kill('SIGKILL');
    for (const url of [ofWorker, ofCoordinator]) {
      const ready = await fetch(`${url}/readyz`);
      assert.equal(ready.status, 503);
      assert.match(await ready.text(), /Redis: /);
      assert.equal((await fetch(`${url}/healthz`)).status, 200);
      assert.doesNotMatch(await textOf(`${url}/metrics`), /^eigenfleet_queue_jobs\{/m);
    }
  });

  it('does not start on a port that is taken, and says so in one sentence', async () => {
    const redis = await startRedis();
    after(redis.close);
    const env = { REDIS_URL: redis.url, LOG_LEVEL: 'info' };
    const first = startCli(['coordinator', '--http-port', '0'], { env });
    const { port } = new URL(await servedAt(first));
    for (const args of [['coordinator'], ['worker', '--device', 'cpu']]) {
      const second = await runCli([...args, '--http-port', port], { env });
      assert.equal(second.code, 2, second.stderr);
      assert.match(second.stderr, new RegExp(`error: Port ${port} on 127\\.0\\.0\\.1 is taken`));
    }
  });
});
