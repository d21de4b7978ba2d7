import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pauseAudit, writeAudit } from '../../../src/audit/home/stored-audits.ts';
import { writeNight } from '../../../src/audit/night/stored-nights.ts';
import { DashboardAudits } from '../../../src/fleet/dashboard/dashboard-audits.ts';
import { dashboardPage } from '../../../src/fleet/dashboard/dashboard-page.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';
import { madeAudit } from '../../support/made-audit.ts';

describe('the audits of the dashboard', async () => {
  const home = new MemoryStore('home');
  await writeAudit(home, madeAudit());
  await writeAudit(home, madeAudit({ name: 'tissue' }));
  await writeNight(home, {
    ...{ schema: 'night@1', audit: 'cells', key: '2026-12-01', date: '2026-12-01' },
    ...{ dueAt: '2026-12-01T02:00:00.000Z', trigger: 'schedule', status: 'closed' },
    closedAt: '2026-12-01T02:10:00.000Z',
    verdict: {
      outcome: 'fail',
      sentence: '1 of 2 rules failed: recall <b>.',
      failed: ['recall >= 0.7'],
      unknown: [],
    },
  });
  const at = (time: string) => new DashboardAudits(home, () => new Date(time));

  it('say what failed first, what is late and why, and when they come next', async () => {
    const { audits, problems } = await at('2026-12-01T02:20:00Z').list();
    assert.deepEqual(problems, []);
    assert.equal(audits[0]?.next, '2026-12-02T02:00:00.000Z');
    const page = dashboardPage({ runs: [], audits, problems });
    assert.match(page, /2 audits\./);
    assert.match(page, /2026-12-01 failed its rules.*1 of 2 rules failed: recall &lt;b&gt;\./);
    assert.match(page, /night of 2026-12-01 of audit tissue should have begun at 2026-12-01T02:00/);
    assert.ok(page.indexOf('failed its rules') < page.indexOf('no night yet'));
  });

  it('are neither late nor coming while they are paused', async () => {
    await pauseAudit(home, 'tissue', new Date('2026-11-30T20:00:00Z'));
    const { audits } = await at('2026-12-01T02:20:00Z').list();
    const paused = audits.find(({ name }) => name === 'tissue');
    assert.deepEqual(
      [paused?.isPaused, paused?.overdue, paused?.next],
      [true, undefined, undefined],
    );
    assert.match(dashboardPage({ runs: [], audits, problems: [] }), /paused/);
  });

  it('lead to their pages over the nights, and to nothing that is not an audit', async () => {
    const page = new TextEncoder().encode('<p>nights');
    await home.put('cells/trend.html', page);
    await home.put('secret/trend.html', page);
    const audits = at('2026-12-01T02:20:00Z');
    assert.match(
      dashboardPage({ runs: [], ...(await audits.list()) }),
      /<a href="\/audits\/cells\/trend\.html">cells<\/a>/,
    );
    assert.deepEqual(await audits.readTrend('cells'), page);
    for (const name of ['secret', 'tissue', '../cells']) {
      assert.equal(await audits.readTrend(name), undefined);
    }
  });

  it('are told of one by one where a record cannot be read', async () => {
    await home.put('tissue/nights/2026-12-01.json', new TextEncoder().encode('{'));
    const { audits, problems } = await at('2026-12-01T02:20:00Z').list();
    assert.deepEqual(
      audits.map(({ name }) => name),
      ['cells'],
    );
    assert.match(problems[0] ?? '', /is not the record of a night/);
  });
});
