import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Command } from 'commander';
import { addExplainCommand } from '../../../src/cli/commands/explain-command.ts';
import { addLayersCommand } from '../../../src/cli/commands/layers-command.ts';
import { addRunCommand } from '../../../src/cli/commands/run-command.ts';
import { addRunOptions, parseRunOptions } from '../../../src/cli/options/run-options.ts';
import {
  kebabOf,
  type RunSettings,
  settingNames,
} from '../../../src/shared/settings/run-settings.ts';
import { datasetFolder } from '../../support/dataset-folder.ts';

function parse(...args: string[]): Promise<RunSettings> {
  const command = addRunOptions(new Command('run')).exitOverride();
  command.configureOutput({ writeErr: () => undefined });
  command.parse(args, { from: 'user' });
  return parseRunOptions(command.opts());
}

function parseWithConfig(content: string, ...args: string[]): Promise<RunSettings> {
  return parse('--config', join(datasetFolder([['run.yaml', content]]), 'run.yaml'), ...args);
}

describe('the flags of a run', () => {
  const cases: readonly (readonly [readonly string[], RunSettings])[] = [
    [[], {}],
    [
      ['-m', 'a.onnx', '-i', 'b', '-o', 'c', '-q'],
      { model: 'a.onnx', images: 'b', out: 'c', quiet: true },
    ],
    [['--layers', '-2,15,model.18'], { layers: ['-2', '15', 'model.18'] }],
    [['--components', '1, 8,9,10'], { components: [1, 8, 9, 10] }],
    [['--conf', '0.4', '--iou', '1', '--max-det', '20'], { conf: 0.4, iou: 1, maxDet: 20 }],
    [['--include', 'a/{b,c}/*', '--include', 'd'], { include: ['a/{b,c}/*', 'd'] }],
    [['--colors', 'jet'], { colors: 'jet' }],
    [['--colours', 'viridis'], { colors: 'viridis' }],
    [['--overlays', 'none'], { overlays: { all: false, flagged: false, sample: 0 } }],
    [['--overlays', 'all'], { overlays: { all: true, flagged: false, sample: 0 } }],
    [['--overlays', 'sample:50,flagged'], { overlays: { all: false, flagged: true, sample: 50 } }],
    [['--no-maps', '--parity'], { maps: false, parity: true }],
    [['--maps'], { maps: true }],
    [['--imgsz', '640'], { imgsz: [640, 640] }],
    [['--imgsz', '384x640'], { imgsz: [384, 640] }],
    [['--names', 'red cell, white cell'], { names: ['red cell', 'white cell'] }],
    [
      ['--device', 'cuda:1', '--threads', '2', '--batch', '4'],
      { device: 'cuda:1', threads: 2, batch: 4 },
    ],
    [['--run', 'latest', '--dry-run', '--json'], { run: 'latest', dryRun: true, json: true }],
    [['--flag-border', '3.5', '--flag-sign', '0'], { flagBorder: 3.5, flagSign: 0 }],
  ];
  for (const [args, expected] of cases) {
    it(`say ${args.length === 0 ? 'nothing when there are none' : args.join(' ')}`, async () => {
      assert.deepEqual(await parse(...args), expected);
    });
  }

  const refused: readonly (readonly [readonly string[], RegExp])[] = [
    [['--conf', '2'], /^--conf must be a number from 0 to 1, not "2"\.$/],
    [['--conf', 'high'], /^--conf must be a number/],
    [['--conf', ''], /^--conf must be a number/],
    [['--components', '0'], /^--components must be component numbers counted from 1/],
    [['--components', '1,,2'], /^--components must/],
    [['--layers', ','], /^--layers must/],
    [['--limit', '1.5'], /^--limit must be a whole number/],
    [['--shard-size', '0'], /^--shard-size must be a whole number from 1 to 1000000/],
    [['--fusion', 'sum'], /^--fusion must be one of mean, max, variance, geometric, not "sum"/],
    [['--overlays', 'some'], /^--overlays must be all, flagged, sample:N/],
    [['--overlays', 'all,none'], /^--overlays must/],
    [['--overlays', 'sample:0'], /^--overlays must/],
    [['--device', 'gpu'], /^--device must be auto, cpu, cuda/],
    [['--imgsz', '640,640,3'], /^--imgsz must be a size/],
    [['--task', 'detection'], /^--task must be one of detect/],
    [['--max-pixels', '1e99'], /^--max-pixels must be a whole number/],
  ];
  for (const [args, expected] of refused) {
    it(`refuse ${args.join(' ')}`, async () => {
      await assert.rejects(parse(...args), { code: 'usage', message: expected });
    });
  }

  it('are all in the help, with what happens when they are left out', () => {
    const help = addRunOptions(new Command('run')).helpInformation();
    for (const name of settingNames) assert.ok(help.includes(`--${kebabOf(name)}`), name);
    assert.match(help, /--conf <number>\s+lowest confidence of a detection \(default: 0\.25\)/);
  });

  it('may be only some of them', () => {
    const help = addRunOptions(new Command('explain'), ['layers', 'conf']).helpInformation();
    assert.match(help, /--layers/);
    assert.doesNotMatch(help, /--shard-size/);
  });

  it('have the help of their command', () => {
    const helpOf = (add: (program: Command) => void): string => {
      const program = new Command();
      add(program);
      return (program.commands[0]?.helpInformation() ?? '').replaceAll(/\s+/g, ' ');
    };
    const explain = helpOf(addExplainCommand);
    assert.match(explain, /--max-pixels <n> images with more pixels are not explained \(default/);
    assert.match(explain, /--out <folder> where figures go; also s3:\S+ \(default: explained\)/);
    assert.match(explain, /--json print one JSON document per image and line/);
    assert.match(
      helpOf(addLayersCommand),
      /--json print what is in the model, or the ranking, as one JSON/,
    );
    assert.match(helpOf(addRunCommand), /--out <folder> .* \(default: eigenfleet-results\)/);
  });
});

describe('a config file beside flags', () => {
  it('gives way to the flags', async () => {
    const settings = await parseWithConfig(
      'conf: 0.4\niou: 0.5\nmaps: false',
      '--conf',
      '0.6',
      '--maps',
    );
    assert.deepEqual(settings, { conf: 0.6, iou: 0.5, maps: true });
  });

  it('is refused when it is not there', async () => {
    await assert.rejects(parse('--config', 'gone.yaml'), {
      code: 'usage',
      message: /gone\.yaml does not exist\./,
    });
  });

  it('names the file in what it gets wrong', async () => {
    await assert.rejects(parseWithConfig('conf: 2'), {
      code: 'usage',
      message: /run\.yaml: conf must be a number from 0 to 1, not 2\.$/,
    });
  });
});

describe('flags that contradict', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['--parity contradicts --padding exclude', ['--parity', '--padding', 'exclude']],
    ['--parity contradicts --fusion max', ['--parity', '--fusion', 'max']],
    ['--parity contradicts --resize fast', ['--parity', '--resize', 'fast']],
    ['--run contradicts --name', ['--run', 'a', '--name', 'b']],
    ['--dry-run contradicts --open', ['--dry-run', '--open']],
    ['--dry-run contradicts --export', ['--dry-run', '--export']],
  ];
  for (const [expected, args] of cases) {
    it(`are refused: ${expected}`, async () => {
      await assert.rejects(parse(...args), {
        code: 'usage',
        message: new RegExp(`^${expected}: .*Drop one of them\\.$`),
      });
    });
  }

  it('are refused between the config file and a flag, unless the flag takes the setting back', async () => {
    await assert.rejects(parseWithConfig('parity: true', '--padding', 'exclude'), {
      code: 'usage',
    });
    const settings = await parseWithConfig('parity: true', '--no-parity', '--padding', 'exclude');
    assert.deepEqual(settings, { parity: false, padding: 'exclude' });
  });

  it('are not those that say the same', async () => {
    const args = ['--parity', '--padding', 'include', '--fusion', 'mean', '--resize', 'exact'];
    assert.deepEqual(await parse(...args), {
      parity: true,
      padding: 'include',
      fusion: 'mean',
      resize: 'exact',
    });
  });
});
