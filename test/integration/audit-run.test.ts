import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Audit } from '../../src/audit/file/audit.ts';
import { readAudit, writeAudit } from '../../src/audit/home/stored-audits.ts';
import { nightSchema } from '../../src/audit/night/night.ts';
import { listNights } from '../../src/audit/night/stored-nights.ts';
import { openStore } from '../../src/shared/storage/open-store.ts';
import { runCli } from '../support/cli.ts';
import { manyImages, quickModel, startFleet } from '../support/fleet.ts';
import { madeAudit } from '../support/made-audit.ts';
import { tempDir } from '../support/temp-dir.ts';

describe('audit run without a fleet', async () => {
  const folder = tempDir();
  const home = openStore(join(folder, 'home'));
  const out = join(folder, 'results');
  const images = await manyImages(2);
  const audit = madeAudit({ images, out, model: quickModel[1], labels: false });
  const own = { ...audit, options: { imgsz: 64 }, baseline: 'previous' };
  const run = async (text: string, said: Partial<Audit> = {}) => {
    await writeAudit(home, { ...own, ...said, rules: { text, file: 'cells.yaml' } });
    const args = ['audit', 'run', 'cells', '--audits', home.uri, '--json'];
    const file = join(folder, 'step.md');
    const env = { REDIS_URL: undefined, GITHUB_STEP_SUMMARY: file };
    const { code, stdout, stderr } = await runCli(args, { env });
    return {
      code,
      stderr,
      night: stdout === '' ? undefined : nightSchema.parse(JSON.parse(stdout)),
    };
  };

  it('explains the images here, writes the night down, and ends as its rules say', async () => {
    const { code, night, stderr } = await run('rules:\n - failed <= 0\n - drift: none\n');
    assert.equal(code, 0, stderr);
    assert.deepEqual(
      [night?.trigger, night?.status, night?.verdict?.outcome, night?.images?.explained],
      ['hand', 'closed', 'pass', 2],
    );
    const [stored] = await listNights(home, 'cells');
    assert.deepEqual(stored, night);
    assert.match(await readFile(night?.report ?? '', 'utf8'), /Rules passed/);
    assert.match(await readFile(join(folder, 'step.md'), 'utf8'), /## Rules: passed/);
    assert.ok(await home.head('cells/trend.html'));
  });

  it('evaluates the run of the same images anew where only their labels changed', async () => {
    const labels = join(folder, 'labels');
    await mkdir(labels);
    const label = async (objects: number) => {
      for (const name of await readdir(images)) {
        const file = join(labels, name.replace(/\.\w+$/, '.txt'));
        const lines = [0.3, 0.6].slice(0, objects).map((x) => `0 ${x} 0.5 0.2 0.2\n`);
        await writeFile(file, lines.join(''));
      }
      const { code, night, stderr } = await run('rules: [images >= 1]', { labels });
      assert.equal(code, 0, stderr);
      const file = join(out, night?.runId ?? '', 'evaluation.json');
      const { labels: found } = JSON.parse(await readFile(file, 'utf8'));
      return { night, objects: found.objects };
    };
    const first = await label(1);
    const second = await label(2);
    assert.equal(second.night?.runId, first.night?.runId);
    assert.deepEqual([first.objects, second.objects], [2, 4]);
    assert.deepEqual([first.night?.labelsChanged, second.night?.labelsChanged], [undefined, true]);
    assert.equal(second.night?.images?.explained, 0);
  });

  it('ends with 1 for a rule that failed and with 10 for one that could not be told, of the same run too', async () => {
    const failed = await run('rules: [images >= 3]');
    assert.equal(failed.code, 1);
    assert.deepEqual(failed.night?.verdict?.failed, ['images >= 3']);
    assert.deepEqual([failed.night?.images?.explained, failed.night?.images?.carried], [0, 2]);
    assert.equal((await run('rules: [recall >= 0.5]')).code, 10);
  });

  it('ends with the code of what keeps the night from being planned, and names it in the record', async () => {
    const misspelled = await run('rules: [recal >= 0.5]');
    assert.equal(misspelled.code, 2);
    assert.match(misspelled.night?.error?.sentence ?? '', /there is no figure "recal"/);
    assert.equal(misspelled.night?.runId, undefined);
    const { code, stderr } = await runCli(['audit', 'run', 'cell', '--audits', home.uri]);
    assert.equal(code, 2);
    assert.match(stderr, /Did you mean cells\?/);
  });

  it('leaves the calendar to coordinators', async () => {
    const nights = await listNights(home, 'cells');
    assert.deepEqual(
      nights.map(({ trigger }) => trigger),
      nights.map(() => 'hand'),
    );
    assert.equal((await readAudit(home, 'cells')).status, 'read');
  });
});

describe('audit run on a fleet', async () => {
  const fleet = await startFleet();
  const folder = tempDir();
  const home = openStore(join(folder, 'home'));

  it('has workers explain the images, and follows the night to its verdict with no coordinator that keeps audits', async () => {
    const images = await manyImages(2);
    const own = { images, out: join(folder, 'results'), model: quickModel[1] };
    const rules = { text: 'rules: [images >= 3]', file: 'cells.yaml' };
    const options = { imgsz: 64 };
    await writeAudit(home, madeAudit({ ...own, rules, options, labels: false }));
    const run = (...more: readonly string[]) =>
      fleet.cli(['audit', 'run', 'cells', '--audits', home.uri, '--json', ...more]);
    await Promise.all([fleet.worker(), fleet.coordinator()]);
    const begun = await run();
    assert.equal(begun.code, 0, begun.stderr);
    assert.equal(nightSchema.parse(JSON.parse(begun.stdout)).status, 'due');
    const { code, stdout, stderr } = await run('--wait');
    assert.equal(code, 1, stderr);
    assert.match(stderr, /Planned as run /);
    const night = nightSchema.parse(JSON.parse(stdout));
    assert.deepEqual(night.verdict?.failed, ['images >= 3']);
    // The one that nobody waited for is finished first.
    const nights = await listNights(home, 'cells');
    assert.deepEqual(
      nights.map(({ status, runId }) => [status, runId]),
      [
        ['closed', night.runId],
        ['closed', night.runId],
      ],
    );
  });
});
