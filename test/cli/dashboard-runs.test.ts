import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dashboardPage } from '../../src/cli/dashboard-page.ts';
import { DashboardRuns, type DashboardRunsOptions } from '../../src/cli/dashboard-runs.ts';
import { summarize } from '../../src/report/summary.ts';
import { MemoryStore } from '../../src/shared/memory-store.ts';
import { objectKeys } from '../../src/shared/object-keys.ts';
import { nameRun } from '../../src/shared/run-names.ts';
import { madeRows, madeSpec, madeStatistics } from '../support/made-run.ts';

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

const answering: DashboardRunsOptions['progress'] = {
  readProgress: async () => ({
    ...{ done: 1, failed: 1, images: 4, imagesFailed: 2, imagesLive: 7, cancelled: false },
  }),
};

/** A store with a run of ten images, planned and nothing more. */
async function plannedRun(): Promise<{ store: MemoryStore; runId: string }> {
  const store = new MemoryStore('results');
  const spec = madeSpec({ images: 10 });
  await store.put(objectKeys.run(spec.runId), encode(spec));
  await nameRun(store, 'nightly', spec.runId);
  return { store, runId: spec.runId };
}

/** Closes the run of `plannedRun`: eight images explained, two failed. */
async function closeRun(store: MemoryStore, runId: string): Promise<void> {
  const spec = madeSpec({ images: 10 });
  const failed = (i: number) =>
    i < 2 ? ({ status: 'failed_to_decode', reason: 'The image is empty.' } as const) : undefined;
  const rows = madeRows({ images: 10, failed });
  const summary = summarize({
    ...{ spec, statistics: madeStatistics(rows, spec.options.shardSize) },
    ...{ timings: { stagesMs: {}, wallMs: 500 }, devices: { cpu: 10 } },
  });
  await store.put(objectKeys.summaryJson(runId), encode(summary));
  await store.put(objectKeys.report(runId), new TextEncoder().encode('<p>report'));
}

describe('the runs of the dashboard', () => {
  it('say of an open run what Redis knows', async () => {
    const { store, runId } = await plannedRun();
    const { runs, problem } = await new DashboardRuns({ store, progress: answering }).list();
    assert.equal(problem, undefined);
    const [run] = runs;
    assert.deepEqual([run?.runId, run?.names, run?.state], [runId, ['nightly'], 'open']);
    assert.deepEqual([run?.imagesDone, run?.imagesFailed, run?.shardsFailed], [7, 2, 1]);
  });

  for (const [how, readProgress] of [
    ['refuses', () => Promise.reject(new Error('gone'))],
    ['hangs', () => new Promise<never>(() => undefined)],
  ] as const) {
    it(`are listed with a word on it when Redis ${how}`, async () => {
      const { store } = await plannedRun();
      const dashboard = new DashboardRuns({ store, progress: { readProgress }, redisTimeoutMs: 1 });
      const { runs, problem } = await dashboard.list();
      assert.equal(runs[0]?.imagesDone, undefined);
      assert.equal(problem, 'Redis does not answer: how far runs have come is unknown.');
    });
  }

  it('say of a closed run what its summary says, and need no Redis for it', async () => {
    const { store, runId } = await plannedRun();
    await closeRun(store, runId);
    const readProgress = () => Promise.reject(new Error('gone'));
    const dashboard = new DashboardRuns({ store, progress: { readProgress } });
    assert.equal((await dashboard.list()).problem, undefined);
    const [run] = (await dashboard.list()).runs;
    assert.deepEqual([run?.state, run?.imagesDone, run?.imagesFailed], ['closed', 10, 2]);
    assert.deepEqual(await dashboard.readReport(runId), new TextEncoder().encode('<p>report'));
    for (const other of ['r-none', '..', `../${runId}`, `./${runId}`, '']) {
      assert.equal(await dashboard.readReport(other), undefined);
    }
  });
});

describe('the page of the runs', () => {
  const run = {
    ...{ runId: 'r-1', datasetName: 'cells', plannedAt: '2026-11-24T10:00:00.000Z' },
    ...{ images: 10, names: ['nightly'], state: 'open' as const },
  };

  it('shows name, state, progress, failures and start', () => {
    const page = dashboardPage([{ ...run, imagesDone: 7, imagesFailed: 2, shardsFailed: 1 }]);
    for (const text of [
      'nightly',
      'r-1',
      'Running',
      '<progress max="10" value="7"',
      '7 of 10 images, 70 %',
      '2 images, 1 shard',
      '2026-11-24 10:00 UTC',
      '1 run, 1 of them running.',
    ]) {
      assert.ok(page.includes(text), text);
    }
    assert.doesNotMatch(page, /report\.html/);
  });

  it('links the report of a finished run', () => {
    const page = dashboardPage([{ ...run, state: 'closed', imagesDone: 10 }]);
    assert.match(page, /<a href="\/runs\/r-1\/report\.html">Report<\/a>/);
    assert.match(page, /none of them running/);
  });

  it('never says 100 % before the last image', () => {
    const page = dashboardPage([{ ...run, images: 1000, imagesDone: 999 }]);
    assert.match(page, /999 of 1,000 images, 99 %/);
  });

  it('says where no run is, and what is wrong', () => {
    const page = dashboardPage([], 'Redis does not answer.');
    assert.match(page, /No run yet: eigenfleet enqueue starts one\./);
    assert.match(page, /Redis does not answer\./);
  });

  it('takes names as text', () => {
    const evil = '<img src=x onerror=alert(1)>';
    const page = dashboardPage([{ ...run, names: [evil], datasetName: `"${evil}` }]);
    assert.doesNotMatch(page, /<img/);
  });
});
