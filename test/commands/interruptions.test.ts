import assert from 'node:assert/strict';
import { copyFile, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { decodeRows } from '../../src/shared/results/sample-row-parquet.ts';
import { repositoryRoot } from '../support/cache-folder.ts';
import { type RunningCli, runCli, startCli } from '../support/cli.ts';
import { bloodCells, manyImages, tinyModel } from '../support/fleet.ts';
import { tempDir } from '../support/temp-dir.ts';

const preload = pathToFileURL(join(repositoryRoot, 'dist/test/support/poison.js')).href;

/** The arguments of a run of `count` images, which has begun: with ten images the fifth shard of two has, so the first one is done. */
async function begunRun(count: number): Promise<{ args: readonly string[]; running: RunningCli }> {
  const places = ['-m', tinyModel, '-i', await manyImages(count), '-o', tempDir()];
  const args = ['run', ...places, '--shard-size', '2', '--overlays', 'none'];
  const running = startCli(args);
  await running.line(/^\d{2,} of \d+ images/);
  return { args, running };
}

test('Ctrl-C ends with 130, says how to go on, and the same command goes on', async () => {
  const { args, running } = await begunRun(24);
  running.kill('SIGINT');
  const stopped = await running.result;
  assert.equal(stopped.code, 130, stopped.stderr);
  assert.match(stopped.stderr, /Stopped: \d+ of 12 shards are done\. Run the same command again/);
  const again = await runCli([...args, '--json']);
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stderr, /of 12 shards were done before/);
  assert.equal(JSON.parse(again.stdout).counts.explained, 24);
});

test('a small run that is stopped keeps what it did, with the shards that it has by itself', async () => {
  const places = ['-m', tinyModel, '-i', await manyImages(87), '-o', tempDir()];
  const args = ['run', ...places, '--overlays', 'none'];
  const running = startCli(args);
  await running.line(/^(?:4[5-9]|5\d) of 87 images/);
  running.kill('SIGINT');
  const { code, stderr } = await running.result;
  assert.equal(code, 130, stderr);
  const [, done] = /Stopped: (\d+) of 6 shards are done/.exec(stderr) ?? [];
  assert.ok(Number(done) >= 1, stderr);
});

test('a second Ctrl-C ends with 130, too, and takes the lock along', async () => {
  const { args, running } = await begunRun(240);
  running.kill('SIGINT');
  await running.line(/^Stopping\. Press Ctrl-C again to stop at once\./);
  running.kill('SIGINT');
  const { code, stderr } = await running.result;
  assert.equal(code, 130, stderr);
  assert.doesNotMatch(stderr, /terminate called/);
  const out = args[args.indexOf('-o') + 1] ?? '';
  assert.deepEqual(
    (await readdir(out)).filter((name) => name.startsWith('.')),
    [],
  );
});

test('a second run into the same folder is refused while the first lives', async () => {
  const { args, running } = await begunRun(240);
  const out = args[args.indexOf('-o') + 1] ?? '';
  const other = ['run', '-m', tinyModel, '-i', bloodCells, '-o', out];
  const second = await runCli(other);
  running.kill('SIGINT');
  await running.result;
  assert.equal(second.code, 7, second.stderr);
  assert.match(second.stderr, /^error: .*process \d+|pid \d+/m);
  const third = await runCli([...other, '--limit', '1']);
  assert.equal(third.code, 0, third.stderr);
});

test('a run that was killed leaves nothing half-written and goes on', async () => {
  const { args, running } = await begunRun(24);
  running.kill('SIGKILL');
  assert.equal((await running.result).signal, 'SIGKILL');
  const again = await runCli([...args, '--json']);
  assert.equal(again.code, 0, again.stderr);
  const { counts } = JSON.parse(again.stdout);
  assert.deepEqual([counts.images, counts.explained], [24, 24]);
});

test('an image that kills the process is found when the run is resumed and becomes a row', async () => {
  const source = await manyImages(6);
  await rm(join(source, '0004.jpg'));
  await copyFile(join(bloodCells, 'BloodImage_00007.jpg'), join(source, '0004-poison.jpg'));
  const out = tempDir();
  const args = ['run', '-m', tinyModel, '-i', source, '-o', out, '--overlays', 'none', '--json'];
  const env = { NODE_OPTIONS: `--import ${preload}` };
  const crashed = await runCli(args, { env });
  assert.equal(crashed.signal, 'SIGABRT', crashed.stderr);
  const second = await runCli(args, { env });
  assert.equal(second.code, 9, second.stderr);
  const { counts, runId, setAside } = JSON.parse(second.stdout);
  assert.equal(setAside, 1);
  assert.deepEqual([counts.explained, counts.failed], [5, 1]);
  const rows = await decodeRows(await readFile(join(out, runId, 'shards/0000000.parquet')));
  const poison = rows.find(({ key }) => key === '0004-poison.jpg');
  assert.equal(poison?.status, 'failed_to_infer');
  assert.match(poison?.reason ?? '', /crashed the process/);
});
