import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { writeNight } from '../../../src/audit/night/stored-nights.ts';
import { openStore } from '../../../src/shared/storage/open-store.ts';
import { runCli } from '../../support/cli.ts';
import { tempDir } from '../../support/temp-dir.ts';

const least = 'images: images\nmodel: best.onnx\nout: results\ncron: "30 2 * * *"\n';

describe('eigenfleet audit', () => {
  it('sync says what became of each file, with the next dates and the days when clocks change', async () => {
    const { sync, file } = await place();
    await file('nightly.yaml', `${least}timeZone: Europe/Berlin\n`);
    const { code, stdout, stderr } = await sync();
    assert.equal(code, 0, stderr);
    const lines = stdout.split('\n');
    assert.equal(lines[0], 'nightly: added');
    assert.match(lines[1] ?? '', /^ {2}next \w{3} \d{4}-\d\d-\d\d 02:30 \(0[01]:30 UTC\)$/);
    assert.equal(lines.filter((line) => line.startsWith('  then ')).length, 4);
    assert.match(
      stdout,
      /-03-\d\d: clocks in Europe\/Berlin jump over 02:30, so it begins at 03:00 \(01:00 UTC\)/,
    );
    assert.match(
      stdout,
      /-10-\d\d: clocks in Europe\/Berlin show 02:30 twice, so it begins at the first 02:30 \(00:30 UTC\)/,
    );
    assert.match(stdout, /^1 audit added in /m);
  });

  it('sync tells a wrong file by line and column, goes on with the others, and ends with 2', async () => {
    const { sync, file } = await place();
    await file('a.yaml', least);
    await file('b.yaml', least.replace('30 2', '*/30 2'));
    const { code, stdout, stderr } = await sync();
    assert.equal(code, 2);
    assert.match(
      stderr,
      /b\.yaml:4:8: cron fires 2 times a day, and an audit runs at most once a day/,
    );
    assert.match(stdout, /^1 audit added, 1 refused in /m);
  });

  it('add keeps the others, and says which day is meant where both are set', async () => {
    const { audit, sync, file } = await place();
    await file('a.yaml', least);
    await sync();
    const first = await file('b.yaml', least.replace('* * *', '1-7 * 1'));
    const { stdout } = await audit('add', first, '--json');
    const { schema, audits } = JSON.parse(stdout);
    assert.equal(schema, 'synced@1');
    assert.deepEqual(
      audits.map((one: Record<string, unknown>) => [one.name, one.action, one.eitherDay]),
      [['b', 'added', true]],
    );
    assert.equal(audits[0].next.length, 5);
    assert.match((await audit('history', 'a')).stdout, /^a had no night yet\.$/m);
  });

  it('pauses, resumes and removes, and names what there is in place of a name that is not', async () => {
    const { audit, sync, file } = await place();
    await file('nightly.yaml', least);
    await sync();
    assert.match(
      (await audit('pause', 'nightly')).stdout,
      /^nightly is paused: no night begins by its schedule until/,
    );
    assert.match(
      (await audit('resume', 'nightly')).stdout,
      /^nightly goes on\. Next \w{3} .* 02:30 UTC\.$/m,
    );
    assert.match((await audit('resume', 'nightly')).stdout, /^nightly was not paused\./);
    const unknown = await audit('pause', 'nightl');
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /There is no audit "nightl" in .*\. Did you mean nightly\?/);
    assert.match(
      (await audit('remove', 'nightly')).stdout,
      /^nightly is removed from .* Its nights and its runs stay\.$/m,
    );
    assert.match((await audit('remove', 'nightly')).stderr, /It has none: add audit files with/);
  });

  it('history shows what became of nights, also of an audit that was removed', async () => {
    const { audit, home } = await place();
    const store = openStore(home);
    const night = {
      schema: 'night@1',
      audit: 'gone',
      dueAt: '2026-11-28T02:30:00Z',
      trigger: 'schedule',
    } as const;
    await writeNight(store, {
      ...night,
      ...{ key: '2026-11-28', date: '2026-11-28', status: 'closed', runId: '20261128-abc' },
      images: { total: 1200, explained: 12, carried: 1188, removed: 3, relabeled: 0 },
      verdict: { outcome: 'pass', sentence: 'Both rules hold.', failed: [], unknown: [] },
      announced: { status: 'failed', attempts: 6, at: '2026-11-28T03:00:00Z' },
    });
    const reason = 'Nothing could begin it for 78 hours, longer than maxAgeHours: 48.';
    await writeNight(store, {
      ...night,
      key: '2026-11-29',
      date: '2026-11-29',
      status: 'missed',
      reason,
    });
    const { stdout, code } = await audit('history', 'gone');
    assert.equal(code, 0);
    assert.deepEqual(stdout.trimEnd().split('\n'), [
      '✔ 2026-11-28 pass: Both rules hold.',
      '    1,200 images, 12 of them explained anew, 3 gone, 20261128-abc, its webhook was not told, in 6 attempts',
      `✖ 2026-11-29 missed: ${reason}`,
    ]);
    const { schema, nights } = JSON.parse(
      (await audit('history', 'gone', '--last', '1', '--json')).stdout,
    );
    assert.equal(schema, 'history@1');
    assert.deepEqual(
      nights.map(({ key }: { key: string }) => key),
      ['2026-11-29'],
    );
    const page = await audit('history', 'gone', '--open');
    assert.equal(page.code, 2);
    assert.match(page.stderr, /gone was removed: only its nights are there/);
  });

  it('asks where the audits are, and has examples of each command', async () => {
    const { code, stderr } = await runCli(['audit', 'history', 'a'], {
      env: { EIGENFLEET_AUDITS: undefined },
    });
    assert.equal(code, 2);
    assert.match(stderr, /Where are the audits\? Name their place with --audits/);
    for (const name of ['add', 'sync', 'history', 'pause', 'resume', 'remove']) {
      const { stdout } = await runCli(['audit', name, '--help']);
      assert.match(stdout, new RegExp(`\nExamples:\n {2}eigenfleet audit ${name} `), name);
    }
  });
});

async function place() {
  const folder = tempDir();
  const [audits, home] = [join(folder, 'audits'), join(folder, 'home')];
  await mkdir(audits);
  const audit = (...args: readonly string[]) => runCli(['audit', ...args, '--audits', home]);
  const file = async (name: string, text: string) => {
    await writeFile(join(audits, name), text);
    return join(audits, name);
  };
  return { home, audit, file, sync: () => audit('sync', audits) };
}
