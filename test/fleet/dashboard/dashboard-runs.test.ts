import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type DashboardRun, dashboardPage } from '../../../src/fleet/dashboard/dashboard-page.ts';
import {
  DashboardRuns,
  type DashboardRunsOptions,
} from '../../../src/fleet/dashboard/dashboard-runs.ts';
import { summarize } from '../../../src/report/summary/summary.ts';
import { EigenfleetError } from '../../../src/shared/errors.ts';
import { objectKeys } from '../../../src/shared/run/object-keys.ts';
import { nameRun } from '../../../src/shared/run/run-names.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';
import { madeRows, madeSpec, madeStatistics } from '../../support/made-run.ts';

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

const worker = {
  ...{ worker: 'host-1-a', host: 'host', device: 'cuda:0', images: 1234 },
  startedAt: '2026-11-24T09:30:00.000Z',
};

const answering: DashboardRunsOptions['progress'] = {
  readProgress: async () => ({
    ...{ done: 1, failed: 1, images: 4, imagesFailed: 2, imagesLive: 7, cancelled: false },
  }),
  listWorkers: async () => [worker],
};

const queues: DashboardRunsOptions['queues'] = { paused: async () => [] };

/** A store with a run of ten images, planned and nothing more. */
async function plannedRun(): Promise<{ store: MemoryStore; runId: string }> {
  const store = new MemoryStore('results');
  const spec = madeSpec({ images: 10, shardSize: 4 });
  await store.put(objectKeys.run(spec.runId), encode(spec));
  await store.put(objectKeys.manifest(spec.runId, 2), new Uint8Array());
  await nameRun(store, 'nightly', spec.runId);
  return { store, runId: spec.runId };
}

/** Closes the run of `plannedRun`: eight images explained, two failed. */
async function closeRun(store: MemoryStore, runId: string): Promise<void> {
  const spec = madeSpec({ images: 10, shardSize: 4 });
  const failed = (i: number) =>
    i < 2 ? ({ status: 'failed_to_decode', reason: 'The image is empty.' } as const) : undefined;
  const rows = madeRows({ images: 10, shardSize: 4, failed });
  const summary = summarize({
    ...{ spec, statistics: madeStatistics(rows, spec.options.shardSize) },
    ...{ timings: { stagesMs: {}, wallMs: 500 }, devices: { cpu: 10 } },
  });
  await store.put(objectKeys.summaryJson(runId), encode(summary));
  await store.put(objectKeys.report(runId), new TextEncoder().encode('<p>report'));
}

describe('the runs of the dashboard', () => {
  it('say that queues are paused, and how to resume them', async () => {
    const { store } = await plannedRun();
    const paused = async () => ['shards', 'summaries'] as ('shards' | 'summaries')[];
    const options = { stores: [store], progress: answering, queues: { paused } };
    assert.deepEqual((await new DashboardRuns(options).list()).problems, [
      'The queues of shards and summaries are paused, and no worker takes a shard, and no run gets its summary. Resume it under Queues of "eigenfleet dashboard --manage".',
    ]);
  });

  it('say of an open run what Redis knows', async () => {
    const { store, runId } = await plannedRun();
    const list = await new DashboardRuns({ stores: [store], progress: answering, queues }).list();
    const { runs, problems, workers } = list;
    assert.deepEqual(problems, []);
    assert.deepEqual(workers, [worker]);
    const [run] = runs;
    assert.deepEqual([run?.runId, run?.names, run?.state], [runId, ['nightly'], 'open']);
    assert.deepEqual([run?.imagesDone, run?.imagesFailed], [7, 2]);
    assert.deepEqual([run?.shardsDone, run?.shardsFailed], [1, 1]);
  });

  for (const [how, fail] of [
    ['refuses', () => Promise.reject(new Error('gone'))],
    ['hangs', () => new Promise<never>(() => undefined)],
  ] as const) {
    it(`are listed with a word on it when Redis ${how}`, async () => {
      const { store } = await plannedRun();
      const progress = { readProgress: fail, listWorkers: fail };
      const dashboard = new DashboardRuns({ stores: [store], progress, queues, redisTimeoutMs: 1 });
      const { runs, workers, problems } = await dashboard.list();
      assert.equal(runs[0]?.imagesDone, undefined);
      assert.equal(workers, undefined);
      assert.deepEqual(problems, ['Redis does not answer: the progress of runs is unknown.']);
    });
  }

  it('say of a closed run what its summary says, and need no Redis for it', async () => {
    const { store, runId } = await plannedRun();
    await closeRun(store, runId);
    const readProgress = () => Promise.reject(new Error('gone'));
    const progress = { readProgress, listWorkers: async () => [] };
    const dashboard = new DashboardRuns({ stores: [store], progress, queues });
    assert.deepEqual((await dashboard.list()).problems, []);
    const [run] = (await dashboard.list()).runs;
    assert.deepEqual([run?.state, run?.imagesDone, run?.imagesFailed], ['closed', 10, 2]);
    const finding = '2 of 10 images failed: 2 could not be decoded';
    assert.ok(run?.finding?.startsWith(finding), run?.finding);
    assert.ok(dashboardPage(await dashboard.list()).includes(finding));
    assert.deepEqual(await dashboard.readReport(runId, 0), new TextEncoder().encode('<p>report'));
    for (const other of ['r-none', '..', `../${runId}`, `./${runId}`, '']) {
      assert.equal(await dashboard.readReport(other, 0), undefined);
    }
    assert.equal(await dashboard.readReport(runId, 1), undefined);
    assert.equal(await dashboard.readReport(runId, Number.NaN), undefined);
  });

  it('are those of all results folders, and one that cannot be read hides no other', async () => {
    const { store, runId } = await plannedRun();
    await closeRun(store, runId);
    const broken = Object.assign(new MemoryStore('broken'), {
      list: () => {
        throw new EigenfleetError('storage', 'The bucket is closed.');
      },
    });
    const dashboard = new DashboardRuns({ stores: [broken, store], progress: answering, queues });
    const list = await dashboard.list();
    assert.deepEqual(list.problems, ['The bucket is closed.']);
    assert.deepEqual(
      list.runs.map((run) => [run.runId, run.out, run.outUri]),
      [[runId, 1, 'memory:results']],
    );
    assert.ok(dashboardPage(list).includes(`/runs/${runId}/report.html?out=1`));
    assert.ok(await dashboard.readReport(runId, 1));
  });
});

describe('the page of the runs', () => {
  const run = {
    ...{ runId: 'r-1', datasetName: 'cells', plannedAt: '2026-11-24T10:00:00.000Z' },
    ...{ images: 10, shards: 3, out: 0, names: ['nightly'], state: 'open' as const },
  };

  const pageOf = (more: Partial<DashboardRun>): string =>
    dashboardPage({ runs: [{ ...run, ...more }], problems: [] });

  it('shows name, state, progress, failures and start', () => {
    const page = pageOf({ imagesDone: 7, imagesFailed: 2, shardsDone: 1, shardsFailed: 1 });
    for (const text of [
      'nightly',
      'r-1',
      'Running',
      '<progress max="10" value="7"',
      '7 of 10 images, 70 %<br>1 of 3 shards',
      '2 images, 1 shard',
      '2026-11-24 10:00 UTC',
      '1 run, 1 of them running.',
    ]) {
      assert.ok(page.includes(text), text);
    }
    assert.doesNotMatch(page, /report\.html/);
  });

  it('links the report of a finished run', () => {
    const page = pageOf({ state: 'closed', imagesDone: 10 });
    assert.match(page, /<a href="\/runs\/r-1\/report\.html">Report<\/a>/);
    assert.match(page, /none of them running/);
  });

  it('never says 100 % before the last image', () => {
    const page = pageOf({ images: 1000, imagesDone: 999 });
    assert.match(page, /999 of 1,000 images, 99 %/);
  });

  it('says where no run is, and what is wrong', () => {
    const page = dashboardPage({ runs: [], problems: ['Redis does not answer.'] });
    assert.match(page, /No run yet: start one with eigenfleet enqueue\./);
    assert.match(page, /Redis does not answer\./);
  });

  it('takes names as text', () => {
    const evil = '<img src=x onerror=alert(1)>';
    const page = dashboardPage({
      runs: [{ ...run, names: [evil], datasetName: `"${evil}`, outUri: evil }],
      workers: [{ ...worker, worker: evil, device: evil }],
      problems: [evil],
    });
    assert.doesNotMatch(page, /<img/);
  });

  it('names the workers that are alive, or says how to start one', () => {
    const alive = dashboardPage({ runs: [], workers: [worker], problems: [] });
    assert.match(alive, /1 worker alive\./);
    assert.match(alive, /host-1-a.*cuda:0.*1,234.*2026-11-24 09:30 UTC/);
    const none = dashboardPage({ runs: [], workers: [], problems: [] });
    assert.match(none, /None is alive: start one with eigenfleet worker\./);
    assert.doesNotMatch(dashboardPage({ runs: [], problems: [] }), /Workers/);
  });
});
