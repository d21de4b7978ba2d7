import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Command } from 'commander';
import { addRunOptions, parseRunOptions } from '../../../src/cli/options/run-options.ts';
import { type RunSettings, settingNames } from '../../../src/shared/settings/run-settings.ts';
import { parseSaid } from '../../../src/shared/settings/said-settings.ts';
import { settingsCommand } from '../../../src/shared/settings/settings-command.ts';

/** A value for every setting that a program may say, other than its default. */
const said: Required<Record<keyof RunSettings, unknown>> = {
  ...{ model: 'my models/best.onnx', images: 'images', split: 'test', out: 's3://results' },
  ...{
    include: ['a/**', 'b,c/*'],
    exclude: 'old/',
    labels: 'labels',
    newOnly: true,
    group: 'video',
    limit: 7,
    export: true,
    task: 'detect',
  },
  ...{
    names: ['cat', 'dog'],
    imgsz: [384, 640],
    prepare: 'stretch',
    maxPixels: 9,
    layers: ['-2', 15],
  },
  boxMaps: 3,
  ...{ components: [2, 3], fusion: 'max', sign: 'none', padding: 'include', parity: false },
  ...{
    classes: ['RBC', '1'],
    resize: 'fast',
    conf: 0.5,
    iou: 0.5,
    maxDet: 3,
    allScores: true,
    candidates: false,
  },
  ...{ name: 'audit', keep: 30, run: undefined },
  ...{ overlays: 'flagged,sample:20', overlayMap: 'evidence:RBC', colors: 'viridis' },
  ...{ maps: false, mapBits: 8, shardSize: 32 },
  ...{
    flagDiffuse: 0.5,
    flagOffObject: 0.5,
    flagBorder: 3,
    flagSign: 0.5,
    flagOutlier: 4,
    device: 'cpu',
  },
  ...{ basis: 'blood.safetensors', flagNovelty: 3 },
  ...{ rules: 'rules.yaml', failIf: ['recall<0.7', 'failed>5%'], against: 'release' },
  ...{ threads: 2, batch: 4, patience: '90s', s3Endpoint: 'http://127.0.0.1:9000' },
  ...{ scale: 1, mean: [0.5, 0.5, 0.25], std: [0.5], channelOrder: 'bgr', rect: false },
  ...{ s3Region: 'eu-west-1', dryRun: true, open: undefined, json: true, quiet: true },
};

it('the command of a program says every setting as the program did', async () => {
  assert.deepEqual(Object.keys(said).sort(), [...settingNames].sort());
  const settings = parseSaid({ ...said, export: undefined }, 'options');
  const program = addRunOptions(new Command('run').exitOverride());
  program.parse(settingsCommand(settings), { from: 'user' });
  assert.deepEqual(await parseRunOptions(program.opts()), settings);
});
