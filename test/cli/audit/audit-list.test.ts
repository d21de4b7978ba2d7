import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Audit } from '../../../src/audit/file/audit.ts';
import { auditKeys } from '../../../src/audit/home/audit-keys.ts';
import { pauseAudit, writeAudit } from '../../../src/audit/home/stored-audits.ts';
import type { Night } from '../../../src/audit/night/night.ts';
import { writeNight } from '../../../src/audit/night/stored-nights.ts';
import { openStore } from '../../../src/shared/storage/open-store.ts';
import { runCli } from '../../support/cli.ts';
import { tempDir } from '../../support/temp-dir.ts';

const today = new Date();
const hour = 3_600_000;
const day = 24 * hour;
const yesterday = dateBefore(1);

describe('eigenfleet audit list', () => {
  it('shows the next date and the last verdict, and ends with 0 while all is well', async () => {
    const { home, store } = await place([audit('nightly')]);
    await writeNight(store, night('nightly', dateBefore(0), { outcome: 'pass' }));
    const { stdout, code } = await runCli(['audit', 'list', '--audits', home]);
    const [first, second] = stdout.split('\n');
    assert.match(first ?? '', /^✔ nightly {2}next \w{3} \d{4}-\d\d-\d\d 02:30 \(\d\d:30 UTC\)$/);
    assert.equal(second, `    ${dateBefore(0)} pass: 2 rules.`);
    assert.equal(code, 0);
  });

  it('ends with 1 where a last night failed, also beside one that could not be told', async () => {
    const { home, store } = await place([audit('a'), audit('b'), audit('c')]);
    await writeNight(store, night('a', dateBefore(0), { outcome: 'fail' }));
    await writeNight(store, night('b', dateBefore(0), { outcome: 'unknown' }));
    const { stdout, code } = await runCli(['audit', 'list', '--audits', home]);
    assert.match(stdout, /^✖ a .*\n {4}\S+ fail: 2 rules\.$/m);
    assert.match(stdout, /^\? b .*\n {4}\S+ could not tell: 2 rules\.$/m);
    assert.match(stdout, /^· c .*\n {4}no night yet$/m);
    assert.equal(code, 1);
    await writeNight(store, night('a', dateBefore(0), { outcome: 'pass' }));
    assert.equal((await runCli(['audit', 'list', '--audits', home])).code, 10);
  });

  it('ends with 1 where a night is late and nothing has begun it, and not where the audit is paused', async () => {
    const due = new Date(today.getTime() - 3 * hour);
    const cron = `${due.getUTCMinutes()} ${due.getUTCHours()} * * *`;
    const scheduledAt = new Date(today.getTime() - 12 * hour).toISOString();
    const late = { ...audit('late'), cron, timeZone: 'UTC', scheduledAt };
    for (const catchUp of ['latest', 'none'] as const) {
      const { home, store } = await place([{ ...late, catchUp }]);
      const shown = await runCli(['audit', 'list', '--audits', home]);
      assert.match(
        shown.stdout,
        /^ {4}late: .* should have begun at .*, and nothing has begun it\.$/m,
      );
      assert.equal(shown.code, 1);
      await pauseAudit(store, 'late', today);
      const paused = await runCli(['audit', 'list', '--audits', home]);
      assert.match(paused.stdout, /^· late {2}paused since /m);
      assert.equal(paused.code, 0);
    }
  });

  it('goes on beside what cannot be read, and says it', async () => {
    const { home, store } = await place([audit('a'), audit('b')]);
    const noNight = new TextEncoder().encode('{}');
    await store.put(auditKeys.night('b', yesterday), noNight);
    await store.put(auditKeys.audit('c'), noNight);
    const { stdout, stderr, code } = await runCli(['audit', 'list', '--json', '--audits', home]);
    const { schema, audits, broken } = JSON.parse(stdout);
    assert.equal(schema, 'audits@1');
    assert.deepEqual(
      audits.map(({ name }: { name: string }) => name),
      ['a'],
    );
    assert.match(audits[0].next.at, /T0[01]:30:00\.000Z$/);
    assert.deepEqual(broken.map(({ name }: { name: string }) => name).sort(), ['b', 'c']);
    assert.match(stderr, /is not the record of a night/);
    assert.equal(code, 5);
  });

  it('says how to begin where there is none', async () => {
    const { stdout, code } = await runCli(['audit', 'list', '--audits', tempDir()]);
    assert.match(stdout, /^There are no audits in .* Add some: eigenfleet audit sync FOLDER$/m);
    const misspelled = await runCli(['audit', 'list', '--audits', join(tempDir(), 'nothing')]);
    assert.equal(misspelled.code, 2);
    assert.match(misspelled.stderr, /There is no folder at .*nothing\. Check --audits/);
    assert.equal(code, 0);
  });
});

async function place(audits: readonly Audit[]) {
  const home = tempDir();
  const store = openStore(home);
  for (const one of audits) await writeAudit(store, one);
  return { home, store };
}

/** One that was added a moment ago. */
function audit(name: string): Audit {
  return {
    ...{ schema: 'audit@1', name, images: '/images', model: '/best.onnx', out: '/results' },
    ...{ cron: '30 2 * * *', timeZone: 'Europe/Berlin', catchUp: 'latest', maxAgeHours: 48 },
    ...{ incremental: true, keep: 30, options: {}, sha256: '0' },
    ...{ addedAt: today.toISOString(), scheduledAt: today.toISOString() },
  };
}

function night(
  audit: string,
  date: string,
  { outcome }: { readonly outcome: 'pass' | 'fail' | 'unknown' },
): Night {
  const times = { dueAt: at(date), startedAt: at(date), closedAt: at(date) };
  const verdict = { outcome, sentence: '2 rules.', failed: [], unknown: [] };
  return {
    ...{ schema: 'night@1', audit, key: date, date, trigger: 'schedule', status: 'closed' },
    ...times,
    verdict,
  };
}

function at(date: string): string {
  return `${date}T00:00:00.000Z`;
}

function dateBefore(days: number): string {
  return new Date(today.getTime() - days * day).toISOString().slice(0, 10);
}
