import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { nameRun } from '../../src/shared/run/run-names.ts';
import { openStore } from '../../src/shared/storage/open-store.ts';
import { runCli } from '../support/cli.ts';
import { madeEvaluation, madeGroups } from '../support/made-check.ts';
import { makeBucket } from '../support/s3-bucket.ts';
import { awsEnvironment, useTestCredentials } from '../support/s3-credentials.ts';
import { startS3Server } from '../support/s3-server.ts';
import { madeObject, storeChecked } from '../support/stored-check.ts';
import { tempDir } from '../support/temp-dir.ts';

const folder = await tempDir();
const out = join(folder, 'results');
const store = openStore(pathToFileURL(out).href);
const good = madeEvaluation({ classes: { RBC: madeGroups([9, 8, 9, 8, 9, 8, 9, 8, 9, 8], 10) } });
const bad = madeEvaluation({ classes: { RBC: madeGroups([5, 4, 6, 5, 5, 4, 5, 6, 4, 5], 10) } });
await storeChecked(store, { runId: 'aaaaaaaaaaaa', rows: { images: 60 }, evaluation: good });
await storeChecked(store, {
  runId: 'bbbbbbbbbbbb',
  rows: { images: 60 },
  evaluation: bad,
  objects: [madeObject(3, 'fn', 0)],
});
await nameRun(store, 'release', 'aaaaaaaaaaaa');
await nameRun(store, 'latest', 'bbbbbbbbbbbb');
const rules = join(folder, 'rules.yaml');
await writeFile(
  rules,
  'rules:\n  - recall.RBC >= 0.7\n  - change of map50 >= -0.02\n  - failed <= 5%\n',
);

function check(...args: string[]) {
  return runCli(['check', ...args, '--out', out]);
}

describe('eigenfleet rules init', () => {
  it('writes no file where these runs give no rule, says why, and ends with 10', async () => {
    await storeChecked(store, { runId: 'cccccccccccc', rows: { images: 3 } });
    const file = join(folder, 'proposed.yaml');
    const init = (run: string) => runCli(['rules', 'init', run, '--out', out, '--write', file]);
    const { code, stderr } = await init('cccccccccccc');
    assert.equal(code, 10, stderr);
    assert.match(
      stderr,
      /no rule can be proposed from cccccccccccc: no figure of labels has an interval/,
    );
    await assert.rejects(readFile(file), { code: 'ENOENT' });
    assert.equal((await init('aaaaaaaaaaaa')).code, 0);
    assert.match(await readFile(file, 'utf8'), /- recall >= 0\.\d+/);
  });
});

describe('eigenfleet check', () => {
  it('ends with 1 when a rule fails, names it and the images, and writes the verdict beside the run', async () => {
    const { code, stdout } = await check('latest', '--against', 'release', '--rules', rules);
    assert.equal(code, 1, stdout);
    assert.match(
      stdout,
      /^✖ 2 of 3 rules failed: recall\.RBC >= 0\.7 and change of map50 >= -0\.02\.$/m,
    );
    assert.match(
      stdout,
      /✖ recall\.RBC is 0\.49 .* and must be at least 0\.7\.\n {6}image-00003\.jpg \(1 miss\)$/m,
    );
    const stored = JSON.parse(await readFile(join(out, 'bbbbbbbbbbbb', 'verdict.json'), 'utf8'));
    assert.equal(stored.outcome, 'fail');
    assert.equal(stored.against.runId, 'aaaaaaaaaaaa');
  });

  it('ends with 0 when all rules hold, and with 10 when one cannot be told', async () => {
    assert.equal((await check('release', '--against', 'bbbbbbbbbbbb', '--rules', rules)).code, 0);
    const { code, stdout } = await check('release', '--rules', rules);
    assert.equal(code, 10);
    assert.match(
      stdout,
      /^\? 1 rule could not be decided: change of map50 >= -0\.02\. The others hold\.$/m,
    );
  });

  it('takes conditions of the command line, and the folder of a run', async () => {
    const run = join(out, 'bbbbbbbbbbbb');
    assert.equal(
      (await check(run, '--fail-if', 'recall.RBC<0.7', '--fail-if', 'failed>5%')).code,
      1,
    );
    assert.equal((await check(run, '--fail-if', 'failed>5%')).code, 0);
  });

  it('holds no run against itself: latest is then the run before, and its own id is no baseline', async () => {
    const change = ['--fail-if', 'change of recall.RBC < -0.1'];
    const lately = await check('latest', '--against', 'latest', ...change);
    assert.equal(lately.code, 1, lately.stdout);
    assert.match(lately.stdout, /from 0\.85 to 0\.49\)/);
    const own = await check('bbbbbbbbbbbb', '--against', 'bbbbbb', ...change);
    assert.equal(own.code, 10, own.stdout);
    assert.match(own.stdout, /there is no baseline to measure it from/);
  });

  it('writes JUnit and Markdown, and JSON to stdout', async () => {
    const [junit, markdown] = [join(folder, 'new', 'rules.xml'), join(folder, 'comment.md')];
    const args = [
      '--fail-if',
      'recall.RBC<0.7',
      '--junit',
      junit,
      '--markdown',
      markdown,
      '--json',
    ];
    const { stdout } = await check('latest', ...args, '--link', 'https://ci.example/7');
    assert.equal(JSON.parse(stdout).schema, 'verdict@1');
    assert.match(
      await readFile(junit, 'utf8'),
      /<testsuites name="eigenfleet" tests="1" failures="1" errors="0">/,
    );
    assert.match(await readFile(markdown, 'utf8'), /\[Report\]\(<https:\/\/ci\.example\/7>\)/);
  });

  const wrong: readonly (readonly [what: string, args: readonly string[], message: RegExp])[] = [
    ['no rule', [], /There is no rule to check: name a file with --rules/],
    [
      'a figure that is unknown',
      ['--fail-if', 'recal.RBC<0.7'],
      /there is no figure "recal\.RBC"\. Did you mean recall\.RBC/,
    ],
    [
      'a rules file that is not there',
      ['--rules', join(folder, 'none.yaml')],
      /The rules file .*none\.yaml does not exist\. Check --rules\./,
    ],
    ['a baseline that is not there', ['--against', 'nobody', '--fail-if', 'failed>5%'], /"nobody"/],
  ];
  for (const [what, args, message] of wrong) {
    it(`ends with 2 for ${what}, in one sentence`, async () => {
      const { code, stderr } = await check('latest', ...args);
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
      assert.equal(stderr.trim().split('\n').length, 1, stderr);
    });
  }

  it('reads runs and rules in S3, and writes there', async () => {
    const credentials = useTestCredentials();
    const server = await startS3Server();
    after(() => server.close());
    const bucket = await makeBucket(server.endpoint);
    const inS3 = bucket.store();
    await storeChecked(inS3, { runId: 'cccccccccccc', rows: { images: 60 }, evaluation: bad });
    await inS3.put('gate/rules.yaml', await readFile(rules));
    const root = `s3://${bucket.name}`;
    const args = ['check', 'latest', '--out', root, '--rules', `${root}/gate/rules.yaml`];
    const env = awsEnvironment(credentials, server.endpoint);
    const { code, stderr } = await runCli([...args, '--junit', `${root}/gate/rules.xml`], { env });
    assert.equal(code, 1, stderr);
    const stored = await inS3.get('cccccccccccc/verdict.json');
    assert.equal(JSON.parse(new TextDecoder().decode(stored)).counts.fail, 1);
    assert.match(new TextDecoder().decode(await inS3.get('gate/rules.xml')), /^<\?xml/);
  });
});
