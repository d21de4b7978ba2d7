import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { setTimeout as nextTicks } from 'node:timers/promises';
import { watchEventLoop } from '../../../src/fleet/probes/event-loop-lag.ts';
import { probeRoutes } from '../../../src/fleet/probes/probe-routes.ts';
import { SilentQueueWatch } from '../../../src/fleet/probes/silent-queue-watch.ts';
import { WorkerMetrics } from '../../../src/fleet/probes/worker-metrics.ts';
import { type WorkerProbeOptions, workerProbes } from '../../../src/fleet/probes/worker-probes.ts';
import { AnswerWatch } from '../../../src/shared/host/answer-watch.ts';
import { type HttpServer, startHttp } from '../../../src/shared/host/http-server.ts';

const servers: HttpServer[] = [];
after(() => Promise.all(servers.map((server) => server.close())));

async function startProbes(options: Partial<WorkerProbeOptions> = {}): Promise<string> {
  const handler = probeRoutes(
    workerProbes({
      metrics: new WorkerMetrics({ worker: 'w1', versions: {} }),
      eventLoop: { take: () => 0, stop: () => undefined },
      inference: new AnswerWatch(),
      silentQueue: new SilentQueueWatch(),
      waitingJobs: async () => 0,
      model: () => 'idle',
      awaited: () => [],
      stopping: () => false,
      ...options,
    }),
  );
  const server = await startHttp({ port: 0, handler });
  servers.push(server);
  return server.url;
}

describe('the probes of a worker', () => {
  it('answer 200 when all is well', async () => {
    const url = await startProbes();
    for (const path of ['/healthz', '/readyz']) {
      const response = await fetch(url + path);
      assert.equal(response.status, 200);
      assert.deepEqual(await response.json(), { status: 'ok' });
    }
  });

  it('give the metrics as Prometheus reads them', async () => {
    const response = await fetch(`${await startProbes()}/metrics`);
    assert.match(response.headers.get('content-type')!, /^text\/plain; version=0\.0\.4/);
    assert.match(await response.text(), /^eigenfleet_images_total\{status="success"\} 0$/m);
  });

  it('answer 503 with the reason when jobs wait and none is taken', async () => {
    let nowMs = 0;
    const url = await startProbes({
      silentQueue: new SilentQueueWatch(() => nowMs),
      waitingJobs: async () => 12,
    });
    assert.equal((await fetch(`${url}/readyz`)).status, 200);
    nowMs = 75_000;
    const response = await fetch(`${url}/readyz`);
    assert.equal(response.status, 503);
    const { reasons } = (await response.json()) as { reasons: string[] };
    assert.deepEqual(reasons, [
      'silent queue: jobs have been waiting for 75 s and this idle worker took none',
    ]);
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
  });

  it('answer 200 and what is awaited, which no restart would bring', async () => {
    const url = await startProbes({ awaited: () => ['Redis is away'] });
    const response = await fetch(`${url}/healthz`);
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), { status: 'degraded', reasons: ['Redis is away'] });
  });

  it('answer 503, without credentials, when Redis refuses', async () => {
    const url = await startProbes({
      waitingJobs: () => Promise.reject(new Error('cannot reach redis://me:s3cr3t@cache:6379')),
    });
    const response = await fetch(`${url}/readyz`);
    assert.equal(response.status, 503);
    assert.deepEqual(await response.json(), {
      status: 'failing',
      reasons: ['Redis: cannot reach redis://***@cache:6379'],
    });
  });

  it('answer 503 in time when Redis never does', async () => {
    const url = await startProbes({
      redisTimeoutMs: 1,
      waitingJobs: () => new Promise(() => undefined),
    });
    const response = await fetch(`${url}/readyz`);
    assert.equal(response.status, 503);
    assert.match(await response.text(), /Redis: no answer within 0\.001 s/);
  });

  it('ask for a restart when the inference thread never answers', async () => {
    let nowMs = 0;
    const inference = new AnswerWatch(() => nowMs);
    void inference.ask(() => new Promise(() => undefined));
    const url = await startProbes({ inference });
    nowMs = 200_000;
    const response = await fetch(`${url}/healthz`);
    assert.equal(response.status, 503);
    assert.match(await response.text(), /inference thread has not answered for 200 s/);
  });

  it('are 500, and the process lives on, when a source throws', async () => {
    const model = (): never => {
      throw new Error('internal detail');
    };
    const url = await startProbes({ model });
    const response = await fetch(`${url}/readyz`);
    assert.equal(response.status, 500);
    assert.doesNotMatch(await response.text(), /internal detail/);
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
  });

  it('know their paths and methods, and no others', async () => {
    const url = await startProbes();
    assert.equal((await fetch(`${url}/constructor`)).status, 404);
    assert.equal((await fetch(`${url}/healthz?verbose`)).status, 200);
    assert.equal((await fetch(`${url}/healthz`, { method: 'POST' })).status, 405);
    const head = await fetch(`${url}/healthz`, { method: 'HEAD' });
    assert.equal(head.status, 200);
    assert.equal(await head.text(), '');
  });
});

describe('the watch of the event loop', () => {
  it('sees how long the loop was held up, and tells it once', async () => {
    const lag = watchEventLoop();
    // Node measures from one tick of its own timer to the next: both sides of the hold-up need a few.
    await nextTicks(100);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
    await nextTicks(100);
    assert.ok(lag.take() >= 200);
    assert.equal(lag.take(), 0);
    lag.stop();
  });
});
