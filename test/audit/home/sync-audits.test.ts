import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readAuditFile, readAuditFiles } from '../../../src/audit/file/read-audit-files.ts';
import { auditKeys } from '../../../src/audit/home/audit-keys.ts';
import {
  listAudits,
  pauseAudit,
  readAudit,
  resumeAudit,
} from '../../../src/audit/home/stored-audits.ts';
import { syncAudits } from '../../../src/audit/home/sync-audits.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';
import { tempDir } from '../../support/temp-dir.ts';

const least =
  'images: s3://cells/images\nmodel: s3://cells/best.onnx\nout: s3://results\ncron: "30 2 * * *"\n';
const monday = new Date('2026-11-30T12:00:00Z');
const tuesday = new Date('2026-12-01T12:00:00Z');

describe('audit files and their home', () => {
  it('are made equal: audits are added, changed and removed, and a second time nothing is done', async () => {
    const { folder, home, sync } = await place({ 'a.yaml': least, 'b.yml': least });
    assert.deepEqual(await sync(monday), ['added a', 'added b']);
    assert.deepEqual(await sync(monday), ['unchanged a', 'unchanged b']);
    await writeFile(join(folder, 'a.yaml'), `${least}keep: 7\n`);
    await writeFile(join(folder, 'b.yml'), `rules: [recall >= 0.7]\n`);
    await writeFile(join(folder, 'c.yaml'), least);
    assert.deepEqual(await sync(tuesday), ['changed a', 'added c', 'removed b']);
    const { audits } = await listAudits(home);
    assert.deepEqual(
      audits.map(({ audit }) => [audit.name, audit.keep, audit.scheduledAt]),
      [
        ['a', 7, monday.toISOString()],
        ['c', 30, tuesday.toISOString()],
      ],
    );
  });

  it('go on beside a file that is wrong, whose audit stays as it was', async () => {
    const { folder, home, sync } = await place({
      'a.yaml': least,
      'b.yaml': least,
      'c.yaml': 'images',
    });
    assert.deepEqual(await sync(monday), ['added a', 'added b', 'refused c']);
    await writeFile(join(folder, 'a.yaml'), `${least}kep: 7\n`);
    await writeFile(join(folder, 'b.yaml'), `${least}keep: 7\n`);
    assert.deepEqual(await sync(tuesday), ['kept a', 'changed b', 'refused c']);
    assert.equal((await listAudits(home)).audits.length, 2);
  });

  for (const [rule, says] of [
    ['recal >= 0.7', /a\.yaml:6:5: there is no figure "recal"\. Did you mean recall/],
    ['recal.RBC >= 0.7', /there is no figure "recal\.RBC"\. Did you mean recall\.RBC/],
    ['recall@smal >= 0.7', /there is no figure "recall@smal"\. Did you mean recall@small/],
    [
      'flagged.difuse <= 5%',
      /there is no figure "flagged\.difuse"\. Did you mean flagged\.diffuse/,
    ],
    [
      'recall >= 70',
      /a\.yaml:6:5: recall is a share from 0 to 1, and never 70\. Write 70% or 0\.7\./,
    ],
    [
      'drift of sharpnes: none',
      /there is no measure "sharpnes" that could drift\. Did you mean sharp/,
    ],
    [
      'background_lit <= 5',
      /background_lit is a share from 0 to 1, and never 5\. Write 5% or 0\.05\./,
    ],
    [
      'attainable.RBC >= 20',
      /attainable\.RBC is a share of at most 1, and never 20\. Write 20% or 0\.2\./,
    ],
    ['change of pointed >= -2', /pointed is a change from -1 to 1, and never -2\./],
    ['attainable >= -10%', undefined],
    ['recall.any class@large >= 70%', undefined],
    ['change of map50 >= -0.02', undefined],
    ['drift of inputs, entropy_fused, class_share.RBC: none', undefined],
    ['failed <= 3', undefined],
  ] as const) {
    it(`tell when they are synced that ${says === undefined ? 'nothing is' : 'this is'} wrong with "${rule}"`, async () => {
      const text = `${least}rules:\n  - ${rule}\nbaseline: previous\n`;
      const { folder } = await place({ 'a.yaml': text });
      const told = await sentence(join(folder, 'a.yaml'));
      if (says === undefined) assert.equal(told, 'read');
      else assert.match(told, says);
    });
  }

  it('count a new pattern or zone from when it came, and anything else from before', async () => {
    const { folder, home, sync } = await place({ 'a.yaml': least });
    await sync(monday);
    await writeFile(join(folder, 'a.yaml'), `${least}timeZone: Asia/Tokyo\n`);
    await sync(tuesday);
    const read = await readAudit(home, 'a');
    assert.equal(read.status, 'read');
    if (read.status !== 'read') return;
    assert.equal(read.audit.addedAt, monday.toISOString());
    assert.equal(read.audit.scheduledAt, tuesday.toISOString());
  });

  it('never mean to remove all: a folder without audits is refused', async () => {
    const { sync } = await place({ 'rules.yaml': 'rules: [recall >= 0.7]' });
    await assert.rejects(sync(monday), /There is no audit file \(NAME\.yaml\) in /);
  });

  it('inline the rules file that an audit names, and name it where it is wrong', async () => {
    const { folder } = await place({
      'a.yaml': `${least}rules: rules.yaml\n`,
      'rules.yaml': 'rules:\n  - recall >= 0.7\n',
    });
    const file = join(folder, 'a.yaml');
    const request = { storage: {}, now: monday };
    const read = await readAuditFile(file, request);
    assert.equal(read.status, 'read');
    if (read.status === 'read')
      assert.deepEqual(read.audit.rules, {
        text: 'rules:\n  - recall >= 0.7\n',
        file: join(folder, 'rules.yaml'),
      });
    await writeFile(join(folder, 'rules.yaml'), 'rules:\n  - recal\n');
    assert.match(await sentence(file), /rules\.yaml:2:5: "recal" is not a rule/);
    await writeFile(file, `${least}rules: rule.yaml\n`);
    assert.match(
      await sentence(file),
      /a\.yaml:5:8: the rules file .*rule\.yaml does not exist\.$/,
    );
    await writeFile(file, `${least}rules:\n  - change of map50 >= -0.02\n`);
    assert.match(
      await sentence(file),
      /a\.yaml:6:5: "change of map50 >= -0\.02" is measured from a baseline.*add "baseline: previous"/,
    );
  });

  it('refuse a name that is not one, and one that two files have', async () => {
    const { folder, sync } = await place({ 'a.yaml': least, 'a.yml': least, '-x.yaml': least });
    assert.deepEqual(await sync(monday), ['refused -x', 'refused a', 'refused a']);
    assert.match(await sentence(join(folder, 'latest.yaml')), /"latest" is always the newest run/);
    assert.match(await sentence(join(folder, '-x.yaml')), /"-x" is not a name for an audit/);
  });

  it('know pauses, whose dates are nobody’s, and skip what cannot be read', async () => {
    const { home, sync, steps } = await place({ 'a.yaml': least });
    await sync(monday);
    await pauseAudit(home, 'a', monday);
    const [paused] = (await listAudits(home)).audits;
    assert.equal(paused?.pausedSince, monday.toISOString());
    const [step] = await steps(tuesday);
    assert.ok(step && 'pausedSince' in step);
    assert.ok(paused);
    await resumeAudit(home, paused.audit, tuesday);
    const [resumed] = (await listAudits(home)).audits;
    assert.equal(resumed?.pausedSince, undefined);
    assert.equal(resumed?.audit.scheduledAt, tuesday.toISOString());
    await home.put(auditKeys.audit('broken'), new TextEncoder().encode('{'));
    const { audits, broken } = await listAudits(home);
    assert.equal(audits.length, 1);
    assert.match(
      broken[0]?.sentence ?? '',
      /broken\/audit\.json is not an audit that this version can read/,
    );
    assert.deepEqual(await sync(tuesday), ['unchanged a', 'removed broken']);
  });
});

async function place(files: Readonly<Record<string, string>>) {
  const folder = tempDir();
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const home = new MemoryStore();
  const steps = async (now: Date) => {
    const read = await readAuditFiles(folder, { storage: {}, now });
    return syncAudits(home, read, { now, only: false });
  };
  const sync = async (now: Date) =>
    (await steps(now)).map(({ action, name }) => `${action} ${name}`);
  return { folder, home, sync, steps };
}

async function sentence(file: string): Promise<string> {
  const read = await readAuditFile(file, { storage: {}, now: monday });
  return read.status === 'wrong' ? read.sentence : 'read';
}
