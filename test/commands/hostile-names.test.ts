import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { repositoryRoot } from '../support/cache-folder.ts';
import { type CliResult, runCli } from '../support/cli.ts';
import { modelFixture } from '../support/onnx-fixture.ts';
import { tempDir } from '../support/temp-dir.ts';

const name = 'a\u001b[31mRED\u0007\u009b2J\n.jpg';
const folder = tempDir();
const photo = await readFile(
  join(repositoryRoot, 'examples/blood-cells/images/test/BloodImage_00007.jpg'),
);
const images = join(folder, 'im\u001b[31mages');
await mkdir(images);
await writeFile(join(images, name), '');
await writeFile(join(images, `good-${name}`), photo);
const model = join(folder, 'm\u001b]0;title\u0007.onnx');
await writeFile(model, modelFixture('tiny-det.onnx'));
const out = join(folder, 'out\u001b[2J');
const on = ['--device', 'cpu'];

/** Of each command: a good end and a bad one. */
const calls: readonly (readonly string[])[] = [
  ['explain', join(images, name), join(images, `good-${name}`), '-m', model, '-o', out, ...on],
  ['run', '-m', model, '-i', images, '-o', out, ...on],
  ['run', '-m', `${model}.gone`, '-i', images, '-o', out],
  ['run', '-m', model, '-i', join(images, 'gone\u001b[31m'), '-o', out],
  ['run', '-m', model, '-i', images, '-o', join(images, name)],
  ['run', '-m', model, '-i', images, '--la\u001b[31m'],
  ['layers', model],
  ['layers', `${model}.gone`],
  ['runs', '--out', out],
  ['doctor', '--out', join(images, name)],
  ['\u001b[31mnothing'],
];

test('no command writes the escape sequences of names to the terminal', async () => {
  const answers: CliResult[] = [];
  for (const args of calls) answers.push(await runCli(args));
  for (const [index, { stdout, stderr }] of answers.entries()) {
    assert.doesNotMatch(stdout + stderr, /(?![\n\t])\p{Cc}/u, calls[index]?.join(' '));
  }
  assert.match(answers[0]?.stderr ?? '', /a\u{fffd}\[31mRED\u{fffd}.* was not explained/u);
});
