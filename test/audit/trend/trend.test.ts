import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Audit } from '../../../src/audit/file/audit.ts';
import { writeAudit } from '../../../src/audit/home/stored-audits.ts';
import type { Night } from '../../../src/audit/night/night.ts';
import { writeNight } from '../../../src/audit/night/stored-nights.ts';
import { renderTrend } from '../../../src/audit/trend/render-trend.ts';
import { reportLink } from '../../../src/audit/trend/report-link.ts';
import { type Trend, trendOf } from '../../../src/audit/trend/trend.ts';
import { trendHeadlines, trendTitle } from '../../../src/audit/trend/trend-headlines.ts';
import { writeTrend } from '../../../src/audit/trend/write-trend.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';

const nasty = '<img src=x onerror=alert(1)>';
const audit: Audit = {
  ...{ schema: 'audit@1', name: 'nightly', images: `s3://data/${nasty}`, out: 's3://data/results' },
  ...{ model: 's3://data/models/best-*.onnx', cron: '30 2 * * *', timeZone: 'Europe/Berlin' },
  ...{ catchUp: 'latest', maxAgeHours: 48, incremental: true, keep: 30, options: {} },
  ...{ addedAt: '2026-11-20T00:00:00Z', scheduledAt: '2026-11-20T00:00:00Z', sha256: 'a' },
};

function night(day: number, more: Partial<Night> = {}): Night {
  const date = `2026-11-${day}`;
  const verdict = {
    outcome: 'pass',
    sentence: 'All 3 rules hold.',
    failed: [],
    unknown: [],
  } as const;
  return {
    ...{ schema: 'night@1', audit: 'nightly', key: date, date, dueAt: `${date}T01:30:00Z` },
    ...{
      trigger: 'schedule',
      status: 'closed',
      runId: `shots-${day}`,
      verdict: { ...verdict, failed: [], unknown: [] },
    },
    figures: {
      map50: (800 + day) / 1000,
      recall: 0.7,
      'recall.WBC': null,
      drift: 0,
      images: 100 + day,
    },
    images: { total: 100 + day, explained: 1, carried: 99 + day, removed: 0, relabeled: 0 },
    model: { uri: 's3://data/models/best-1.onnx', sha256: 'b', name: 'best-1.onnx' },
    report: `s3://data/results/shots-${day}/report.html`,
    ...more,
  };
}

const failed = night(25, {
  verdict: {
    ...{ outcome: 'fail', sentence: `map50 is 0.31 ${nasty}, and must be at least 0.7.` },
    ...{ failed: ['map50 >= 0.7'], unknown: [] },
  },
  figures: { map50: 0.31, recall: 0.2, drift: 3, images: 125 },
  model: { uri: 's3://data/models/best-2.onnx', sha256: 'c', changedFrom: 'b', name: nasty },
});
const missed: Night = {
  ...{
    schema: 'night@1',
    audit: 'nightly',
    key: '2026-11-23',
    date: '2026-11-23',
    status: 'missed',
  },
  ...{
    dueAt: '2026-11-23T01:30:00Z',
    trigger: 'schedule',
    reason: 'Nothing could begin it for 3 days.',
  },
};
const week = [21, 22, 24].map((day) => night(day)).concat(missed, failed);

function trend(
  nights: readonly Night[],
  more: { left?: number; pausedSince?: string } = {},
): Trend {
  const linkOf = (report: string) => reportLink(report, 's3://data/audits/nightly');
  return trendOf({ audit, nights, left: 0, linkOf, ...more });
}

describe('the page of an audit', () => {
  it('leads from every dot, cell and row to the report of its night, wherever the bucket is served', () => {
    const page = renderTrend(trend(week));
    for (const day of [21, 22, 24, 25]) {
      const links = page.split(`href="../../results/shots-${day}/report.html"`).length - 1;
      // Its cell and its row, and a dot each for AP, recall, drift and images.
      assert.equal(links, 6, String(day));
    }
    assert.doesNotMatch(page, /shots-23/);
  });

  it('says how the last night ended and what changed, the newest night first', () => {
    const told = trend(week);
    assert.deepEqual(trendTitle(told), {
      text: '3 of 5 nights passed; the last one failed 1 rule',
      tone: 'problem',
    });
    const said = trendHeadlines(told)
      .map(({ text }) => text)
      .join('\n');
    assert.match(said, /^2026-11-25: map50 is 0\.31/);
    assert.match(said, /^The last night that passed is 2026-11-24\.$/m);
    assert.match(said, /^1 night missed: 2026-11-23\.$/m);
    assert.match(said, /^The model changed once, last on 2026-11-25 to /m);
    const rows = [...renderTrend(told).matchAll(/<th scope="row">(2026-11-\d\d)<\/th><td><span/g)];
    assert.deepEqual(
      rows.map(([, key]) => key),
      ['2026-11-25', '2026-11-24', '2026-11-23', '2026-11-22', '2026-11-21'],
    );
  });

  it('breaks a line at a night without the figure, and leaves out a figure that no night has', () => {
    const { charts } = trend(week);
    const [precision, found] = charts;
    assert.deepEqual(precision?.lines[0]?.values, [0.821, 0.822, null, 0.824, 0.31]);
    assert.deepEqual(
      found?.lines.map(({ name }) => name),
      ['recall'],
    );
    const path = /d="(M[^"]+)"\/><a/.exec(renderTrend(trend(week)))?.[1] ?? '';
    assert.deepEqual(path.replaceAll(/[\d. ]/g, ''), 'MLML');
  });

  it('has one h1, no dead link, and nothing of the data as markup', () => {
    const page = renderTrend(trend(week, { left: 3, pausedSince: '2026-11-26T00:00:00Z' }));
    assert.equal(page.match(/<h1/g)?.length, 1);
    assert.doesNotMatch(page, /<img/);
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    assert.equal(new Set(ids).size, ids.length, 'an id is used twice');
    const links = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    assert.deepEqual(
      links.filter((link) => !ids.includes(link)),
      [],
    );
    assert.match(page, /3 earlier nights are not shown/);
    assert.match(page, /Paused since 2026-11-26/);
  });

  it('is written before the first night, and after one', async () => {
    const home = new MemoryStore('home');
    await writeAudit(home, audit);
    const key = await writeTrend(home, { audit });
    const text = async () => new TextDecoder().decode(await home.get(key));
    assert.match(await text(), /<h1>.*nightly has no night yet<\/h1>/);
    await writeNight(home, night(21));
    await writeTrend(home, { audit });
    assert.match(await text(), /<h1>.*The night of 2026-11-21 passed<\/h1>/);
  });
});

it('a report is linked relative to the page where both lie together, and by its address elsewhere', () => {
  assert.equal(
    reportLink('/data/out/r/report.html', 'file:///data/audits/a'),
    '../../out/r/report.html',
  );
  assert.equal(reportLink('s3://b/r/report.html', 's3://b/audits/a'), '../../r/report.html');
  assert.equal(
    reportLink('s3://other/r/report.html', 's3://b/audits/a'),
    's3://other/r/report.html',
  );
});
