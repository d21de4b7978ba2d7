import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import axe from 'axe-core';
import { Redis } from 'ioredis';
import { type Browser, chromium } from 'playwright-core';
import { type DashboardOptions, startDashboard } from '../../src/fleet/dashboard/dashboard.ts';
import type { DashboardRun } from '../../src/fleet/dashboard/dashboard-page.ts';
import type { HttpServer } from '../../src/shared/host/http-server.ts';
import { FleetQueues } from '../../src/shared/queue/fleet-queues.ts';
import { silentLogger } from '../../src/shared/telemetry/logger.ts';
import { findChromium } from '../support/chromium.ts';
import { startCli } from '../support/cli.ts';
import { type LentRedis, lendRedis } from '../support/lent-redis.ts';
import { madeReport } from '../support/made-report.ts';
import { tempDir } from '../support/temp-dir.ts';

const executablePath = await findChromium();
const skip =
  executablePath === undefined ? 'no Chromium could be had (the reason is above)' : false;

const run = {
  ...{ runId: 'r-7f31c2d09ab4', datasetName: 'blood-cells', plannedAt: '2026-11-24T10:00:00.000Z' },
  ...{ images: 12_345, shards: 49, out: 0, names: ['after-training'] },
};
const runs: readonly DashboardRun[] = [
  { ...run, state: 'open', imagesDone: 4_711, imagesFailed: 3, shardsDone: 18 },
  { ...run, runId: 'r-done', names: [], state: 'closed', imagesDone: 12_345, shardsFailed: 1 },
  { ...run, runId: 'r-off', names: [`<b>${'long-'.repeat(12)}`], state: 'cancelled' },
];

const workers = [
  {
    ...{ worker: 'gpu-node-1-4711-ab12', host: 'gpu-node-1', device: 'cuda:0', images: 4_711 },
    startedAt: '2026-11-24T09:30:00.000Z',
  },
];

let redis: LentRedis;
let connection: Redis;
let queues: FleetQueues;
const servers: HttpServer[] = [];

before(async () => {
  redis = await lendRedis();
  connection = new Redis(redis.url, { maxRetriesPerRequest: null });
  queues = new FleetQueues(connection);
  await queues.addShards([{ v: 1, out: 's3://results', runId: run.runId, shard: 0 }], 'normal');
});

after(async () => {
  await Promise.all(servers.map((server) => server.close()));
  await queues.close();
  connection.disconnect();
  await redis.close();
});

async function start(options: Partial<DashboardOptions> = {}): Promise<string> {
  const server = await startDashboard({
    ...{ queues: [queues.shards, queues.summaries], port: 0, readOnly: true },
    ...{ logger: silentLogger(), listRuns: async () => ({ runs, workers, problems: [] }) },
    readReport: async (runId) =>
      runId === 'r-done' ? new TextEncoder().encode(await report) : undefined,
    ...options,
  });
  servers.push(server);
  return server.url;
}

const report = madeReport({ rows: { images: 24 } });

describe('the dashboard', () => {
  it('shows the runs, and the queues beside them', async () => {
    const url = await start();
    const page = await (await fetch(url)).text();
    assert.match(page, /4,711 of 12,345 images, 38 %/);
    const board = await fetch(`${url}/queues/`);
    assert.equal(board.status, 200);
    assert.match(await board.text(), /<base href="\/queues\/"/);
    const answer = (await (await fetch(`${url}/queues/api/queues`)).json()) as {
      queues: { name: string; counts: Record<string, number> }[];
    };
    const counts = answer.queues.find(({ name }) => name === 'shards')?.counts;
    assert.equal(counts?.prioritized, 1);
  });

  it('lets nothing be changed when it only shows', async () => {
    const url = await start();
    const response = await fetch(`${url}/queues/api/queues/shards/pause`, { method: 'PUT' });
    assert.equal(response.status, 405);
    assert.equal(await queues.shards.isPaused(), false);
  });

  it('lets a queue be paused when it may, but not by another site', async () => {
    const url = await start({ readOnly: false });
    const pause = (headers: Record<string, string>) =>
      fetch(`${url}/queues/api/queues/shards/pause`, { method: 'PUT', headers });
    assert.equal((await pause({ origin: 'https://evil.example' })).status, 403);
    assert.equal(await queues.shards.isPaused(), false);
    assert.equal((await pause({ origin: url })).status, 200);
    assert.equal(await queues.shards.isPaused(), true);
    await queues.shards.resume();
  });

  it('serves a report as a page of no origin', async () => {
    const url = await start();
    const response = await fetch(`${url}/runs/r-done/report.html`);
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-security-policy')!, /sandbox allow-scripts/);
    assert.equal(await response.text(), await report);
    assert.equal((await fetch(`${url}/runs/r-none/report.html`)).status, 404);
    assert.equal((await fetch(`${url}/nowhere`)).status, 404);
    assert.equal((await fetch(`${url}/runs/%E0%A4%A/report.html`)).status, 400);
  });

  it('tells the reader nothing of a fault inside', async () => {
    const url = await start({
      listRuns: () => Promise.reject(new Error('redis://me:s3cr3t@cache broke')),
    });
    const response = await fetch(url);
    assert.equal(response.status, 500);
    assert.equal(
      await response.text(),
      'This page could not be made: see the log of the dashboard.\n',
    );
  });
});

describe('eigenfleet dashboard', () => {
  it('says where it is, shows the runs of a folder, and ends in good order', async () => {
    const out = tempDir();
    const args = ['dashboard', '--out', out, '--redis', redis.url, '--port', '0'];
    const cli = startCli(args, { env: { LOG_LEVEL: undefined } });
    const url = await cli.line(/^http:/);
    assert.match(await (await fetch(url)).text(), /No run yet/);
    assert.equal((await fetch(`${url}/queues/`)).status, 200);
    cli.kill('SIGTERM');
    const { code, stdout, stderr } = await cli.result;
    assert.deepEqual([code, stdout, stderr], [0, `${url}\n`, '']);
  });
});

describe('the dashboard in a browser', { skip }, () => {
  let browser: Browser;
  before(async () => {
    const args = ['--no-sandbox', '--disable-gpu', '--disable-quic'];
    browser = await chromium.launch({ ...(executablePath && { executablePath }), args });
  });
  after(() => browser.close());

  /** Opens a page of the dashboard; requests that left for other hosts are in `abroad`, what went wrong in `noise`. */
  async function open(path: string, { width = 1280, colorScheme = 'light' as const } = {}) {
    const url = await start();
    const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
    const page = await context.newPage();
    const abroad: string[] = [];
    const noise: string[] = [];
    page.on('response', (response) => {
      if (new URL(response.url()).origin !== url) abroad.push(response.url());
    });
    page.on('console', (message) => noise.push(message.text()));
    page.on('pageerror', (error) => noise.push(error.message));
    await page.goto(url + path);
    return { page, abroad, noise };
  }

  for (const width of [390, 1280]) {
    it(`shows the runs at ${width} px, without noise or barriers`, async () => {
      const { page, noise, abroad } = await open('/', { width });
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width);
      await page.evaluate(axe.source);
      const found = (await page.evaluate('axe.run()')) as axe.AxeResults;
      assert.deepEqual(
        found.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]),
        [],
      );
      assert.deepEqual([...noise, ...abroad], []);
    });
  }

  it('opens a report that is whole although it is sandboxed', async () => {
    const { page, noise, abroad } = await open('/');
    await page.getByRole('link', { name: 'Report' }).click();
    await page.getByRole('heading', { level: 1 }).waitFor();
    // Made by the report's script.
    await page.locator('th button').first().waitFor();
    assert.deepEqual([...noise, ...abroad], []);
  });

  it('shows the queues and asks no other host for anything', async () => {
    const { page, abroad, noise } = await open('/queues/');
    await page.getByText('shards').first().waitFor();
    assert.deepEqual(abroad, []);
    assert.deepEqual(
      noise.filter((line) => !line.includes('fonts.googleapis.com')),
      [],
    );
  });
});
