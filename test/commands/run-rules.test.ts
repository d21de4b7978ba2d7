import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { repositoryRoot } from '../support/cache-folder.ts';
import { runCli } from '../support/cli.ts';
import { tempDir } from '../support/temp-dir.ts';

const model = join(repositoryRoot, 'test/fixtures/models/tiny-det.onnx');
const images = join(repositoryRoot, 'examples/blood-cells/images/test');
const folder = tempDir();
const out = join(folder, 'results');
const run = (...args: string[]) =>
  runCli([
    'run',
    '-m',
    model,
    '-i',
    images,
    '--limit',
    '3',
    '--out',
    out,
    '--device',
    'cpu',
    '-q',
    ...args,
  ]);

describe('eigenfleet run with rules', () => {
  it('says what is wrong with them before it explains anything', async () => {
    const misspelled = await run('--fail-if', 'faild>5%');
    assert.equal(misspelled.code, 2);
    assert.match(misspelled.stderr, /there is no figure "faild"\. Did you mean failed/);
    const impossible = await run('--fail-if', 'recall.RBC<70');
    assert.equal(impossible.code, 2);
    assert.match(impossible.stderr, /a share from 0 to 1, and never 70\. Write 70% or 0\.7\./);
    const alone = await run('--against', 'latest');
    assert.equal(alone.code, 2);
    assert.deepEqual(await readdir(folder), []);
  });

  it('ends with 0 when they hold, and with 1 when one fails, the verdict beside the run', async () => {
    const good = await run('--limit', '2', '--fail-if', 'failed>0');
    assert.equal(good.code, 0, good.stderr);
    assert.match(good.stdout, /^✔ The one rule holds\.$/m);
    const rules = join(folder, 'rules.yaml');
    await writeFile(rules, 'min: 1\nrules:\n  - explained >= 4\n  - change of failed <= 0\n');
    const bad = await run('--rules', rules, '--against', 'latest', '--json');
    assert.equal(bad.code, 1, bad.stderr);
    const { verdict, runId } = JSON.parse(bad.stdout);
    assert.deepEqual(verdict.counts, { pass: 1, fail: 1, undecided: 0 });
    assert.deepEqual(JSON.parse(await readFile(join(out, runId, 'verdict.json'), 'utf8')), verdict);
    assert.match(await readFile(join(out, runId, 'report.html'), 'utf8'), /Rules failed/);
  });

  it('runs where latest is yet to come, and cannot tell of changes the first time', async () => {
    const first = join(folder, 'first');
    const rule = ['--fail-if', 'change of failed > 0', '--against'];
    const { code, stdout, stderr } = await run(...rule, 'latest', '-o', first);
    assert.equal(code, 10, stderr);
    assert.match(stdout, /there is no baseline to measure it from/);
    const named = await run(...rule, 'before', '-o', join(folder, 'none'));
    assert.equal(named.code, 2, 'a name that is not there is a mistake');
  });

  it('ends with 10 when a rule cannot be told', async () => {
    const { code, stdout } = await run('--no-labels', '--fail-if', 'map50<0.5');
    assert.equal(code, 10);
    assert.match(stdout, /has no evaluation/);
  });

  it('of enqueue need --wait, where somebody is there to be told', async () => {
    const { code, stderr } = await runCli([
      'enqueue',
      '-m',
      model,
      '-i',
      images,
      '--out',
      out,
      '--fail-if',
      'failed>0',
    ]);
    assert.equal(code, 2);
    assert.match(stderr, /add --wait, or call `eigenfleet check`/);
  });
});
