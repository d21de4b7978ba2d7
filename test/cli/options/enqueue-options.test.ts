import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Command } from 'commander';
import {
  addEnqueueOptions,
  parseEnqueueOptions,
} from '../../../src/cli/options/enqueue-options.ts';
import { runCli } from '../../support/cli.ts';
import { datasetFolder } from '../../support/dataset-folder.ts';
import { bloodCells, tinyModel } from '../../support/fleet.ts';
import { tempDir } from '../../support/temp-dir.ts';

async function parse(...args: string[]) {
  return parseEnqueueOptions(addEnqueueOptions(new Command()).parse(args, { from: 'user' }).opts());
}

describe('the options of enqueue', () => {
  it('are not those of whoever computes: these are neither shown nor taken', async () => {
    const help = addEnqueueOptions(new Command()).helpInformation();
    assert.match(help, /--shard-size/);
    for (const flag of ['--device', '--threads', '--batch', '--open']) {
      assert.doesNotMatch(help, new RegExp(`${flag}\\b`));
    }
    for (const args of [['--device', 'cpu'], ['--threads', '2'], ['--batch=4']]) {
      const message = /^--\w+ belongs to `eigenfleet worker`: enqueue computes nothing\./;
      await assert.rejects(parse(...args), { code: 'usage', message });
    }
    const message = /^--open belongs to `eigenfleet run`/;
    await assert.rejects(parse('--open'), { code: 'usage', message });
  });

  it('may come from a config file that serves run as well', async () => {
    const content = 'device: cuda\nbatch: 8\nopen: true\nconf: 0.4';
    const config = join(datasetFolder([['run.yaml', content]]), 'run.yaml');
    assert.deepEqual(await parse('--config', config, '--dry-run'), { conf: 0.4, dryRun: true });
  });
});

describe('eigenfleet enqueue --dry-run', () => {
  it('plans without a Redis', async () => {
    const { code, stdout, stderr } = await runCli([
      ...['enqueue', '-m', tinyModel, '-i', bloodCells, '-o', tempDir(), '--dry-run'],
      ...['--redis', 'redis://127.0.0.1:1'],
    ]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^run {5}\S+$/m);
  });
});
