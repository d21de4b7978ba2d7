import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CoordinatorMetrics } from '../../../src/fleet/probes/coordinator-metrics.ts';
import {
  WorkerMetrics,
  type WorkerMetricsOptions,
} from '../../../src/fleet/probes/worker-metrics.ts';
import {
  type MetricDescription,
  metricCatalog,
} from '../../../src/shared/telemetry/metric-catalog.ts';
import { StageTimer, stages } from '../../../src/worker/explain/stage-timer.ts';
import { repositoryText } from '../../support/repository-files.ts';

const versions = {
  eigenfleet: '1.2.3',
  node: '20.1.0',
  'onnxruntime-node': '1.30.0',
  sharp: '0.35.0',
};

function makeMetrics(options: Partial<WorkerMetricsOptions> = {}): WorkerMetrics {
  return new WorkerMetrics({ worker: 'host-gpu0', versions, ...options });
}

/** The value of one series as the scrape's text has it. */
async function seriesValue(metrics: WorkerMetrics, series: string): Promise<number | undefined> {
  const line = (await metrics.text()).split('\n').find((text) => text.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

describe('the metrics of a worker', () => {
  it('count images by status and failures by class', async () => {
    const metrics = makeMetrics();
    metrics.countImage({ status: 'success' });
    metrics.countImage({ status: 'success' });
    metrics.countImage({ status: 'failed_to_decode', reason: 'cat.jpg: the file is truncated' });
    assert.equal(await seriesValue(metrics, 'eigenfleet_images_total{status="success"}'), 2);
    assert.equal(
      await seriesValue(metrics, 'eigenfleet_images_total{status="failed_to_decode"}'),
      1,
    );
    assert.equal(
      await seriesValue(metrics, 'eigenfleet_image_failures_total{reason="truncated"}'),
      1,
    );
    assert.doesNotMatch(await metrics.text(), /cat\.jpg/);
  });

  it('show every status, reason and outcome from the start, so that the first one is a rise', async () => {
    const metrics = makeMetrics();
    assert.equal(await seriesValue(metrics, 'eigenfleet_image_failures_total{reason="model"}'), 0);
    assert.equal(await seriesValue(metrics, 'eigenfleet_shards_total{outcome="handed_back"}'), 0);
    metrics.countShard('handed_back');
    assert.equal(await seriesValue(metrics, 'eigenfleet_shards_total{outcome="handed_back"}'), 1);
  });

  it('have as many series after a thousand reasons as before', async () => {
    const metrics = makeMetrics();
    for (const stage of stages) metrics.observeStage(stage, 0.1);
    const before = (await metrics.text()).split('\n').length;
    for (let i = 0; i < 1000; i++) {
      metrics.countImage({ status: 'failed_to_fetch', reason: `image ${i}: odd` });
    }
    assert.equal((await metrics.text()).split('\n').length, before);
  });

  it("give the true mean of a shard's stages over its images", async () => {
    const metrics = makeMetrics();
    const timer = new StageTimer();
    timer.add('fetch', 400);
    timer.add('infer', 8000);
    metrics.observeShard(timer.totals(), 200);
    metrics.observeShard({ infer: 500 }, 50);
    assert.equal(await seriesValue(metrics, 'eigenfleet_stage_seconds_count{stage="infer"}'), 250);
    const sum = await seriesValue(metrics, 'eigenfleet_stage_seconds_sum{stage="infer"}');
    assert.ok(Math.abs(sum! - 8.5) < 1e-9, `sum ${sum}`);
    const below = 'eigenfleet_stage_seconds_bucket{le="0.0025",stage="fetch"}';
    assert.equal(await seriesValue(metrics, below), 200);
  });

  it('take nothing from a shard without images', async () => {
    const metrics = makeMetrics();
    metrics.observeShard({ write: 12 }, 0);
    assert.equal(
      await seriesValue(metrics, 'eigenfleet_stage_seconds_count{stage="write"}'),
      undefined,
    );
  });

  it('name the device really used, and only that one', async () => {
    const metrics = makeMetrics();
    const series = (device: string) =>
      `eigenfleet_worker_info{worker="host-gpu0",device="${device}",version="1.2.3",node="20.1.0",onnxruntime="1.30.0",sharp="0.35.0"}`;
    assert.equal(await seriesValue(metrics, series('none')), 1);
    metrics.useDevice('cuda:1');
    assert.equal(await seriesValue(metrics, series('cuda:1')), 1);
    assert.equal(await seriesValue(metrics, series('none')), undefined);
  });

  it('tell how long ago the last image was', async () => {
    let nowMs = 1_000;
    const metrics = makeMetrics({ now: () => nowMs });
    nowMs = 31_000;
    assert.equal(await seriesValue(metrics, 'eigenfleet_last_progress_age_seconds'), 30);
    metrics.countImage({ status: 'success' });
    nowMs = 33_500;
    assert.equal(await seriesValue(metrics, 'eigenfleet_last_progress_age_seconds'), 2.5);
  });

  it('ask for the depth of the queues at every scrape', async () => {
    let waiting = 7;
    const metrics = makeMetrics({
      queueDepth: async () => ({ shards: { waiting, prioritized: 2, completed: 99 } }),
    });
    const series = 'eigenfleet_queue_jobs{queue="shards",state="waiting"}';
    assert.equal(await seriesValue(metrics, series), 7);
    waiting = 3;
    assert.equal(await seriesValue(metrics, series), 3);
    const failed = 'eigenfleet_queue_jobs{queue="shards",state="failed"}';
    assert.equal(await seriesValue(metrics, failed), 0);
    assert.doesNotMatch(await metrics.text(), /state="completed"/);
  });

  for (const [how, queueDepth] of [
    ['refuses', () => Promise.reject(new Error('no Redis'))],
    ['hangs', () => new Promise<never>(() => undefined)],
  ] as const) {
    it(`leave the depth out, and nothing else, when Redis ${how}`, async () => {
      const metrics = makeMetrics({ queueDepth, depthTimeoutMs: 1 });
      const text = await metrics.text();
      assert.doesNotMatch(text, /eigenfleet_queue_jobs\{/);
      assert.match(text, /eigenfleet_worker_info\{/);
    });
  }

  it('do not meet those of another worker in the same process', async () => {
    const [one, other] = [makeMetrics(), makeMetrics()];
    one.countShard('done');
    assert.equal(await seriesValue(other, 'eigenfleet_shards_total{outcome="done"}'), 0);
  });
});

describe('the metrics of a coordinator', () => {
  it('tell how long ago it last looked at all runs', async () => {
    let nowMs = 0;
    const metrics = new CoordinatorMetrics({ queueDepth: async () => ({}), now: () => nowMs });
    nowMs = 90_000;
    assert.match(await metrics.text(), /^eigenfleet_last_sweep_age_seconds 90$/m);
    metrics.swept();
    nowMs = 95_000;
    assert.match(await metrics.text(), /^eigenfleet_last_sweep_age_seconds 5$/m);
  });
});

describe('the table of metrics in the operations page', () => {
  const catalog: readonly MetricDescription[] = Object.values(metricCatalog);

  it('says what the code says', () => {
    const rows = catalog.map(({ name, type, labels, help }) => {
      const names = labels.map((label) => `\`${label}\``).join(', ');
      return `| \`${name}\` | ${type} | ${names} | ${help} |`;
    });
    const written = repositoryText('docs/operations.md')
      .split('\n')
      .filter((line) => line.startsWith('| `eigenfleet_'));
    assert.deepEqual(written, rows);
  });

  it('names what a scrape really has', async () => {
    const metrics = makeMetrics({ queueDepth: async () => ({ shards: {} }) });
    const coordinator = new CoordinatorMetrics({ queueDepth: async () => ({ shards: {} }) });
    coordinator.audits(() => []);
    const text = `${await metrics.text()}\n${await coordinator.text()}`;
    const scraped = new Map(
      [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]),
    );
    assert.deepEqual([...scraped].sort(), catalog.map(({ name, type }) => [name, type]).sort());
  });
});
