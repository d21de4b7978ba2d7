import type { Command } from 'commander';
import { type DescribedModel, readModelDescription } from '../../local/read-model-description.ts';
import { findProbe } from '../../model/probe/probe-record.ts';
import { notProbed, type ProbeReport, probeText } from '../../model/probe/probe-report.ts';
import { formatModelDescription } from '../../model/yolo/model-description.ts';
import type { RunSettings, SettingName } from '../../shared/settings/run-settings.ts';
import { adviceOut } from '../advise/advice-out.ts';
import { addRunOptions, parseRunOptions } from '../options/run-options.ts';
import { openTerminal } from '../terminal/terminal.ts';

export function addLayersCommand(program: Command): void {
  const command = program
    .command('layers')
    .description(
      'what is in a model: every layer with its grid, the default targets; with --images, which layers to take',
    )
    .argument(
      '<model>',
      '.onnx (also s3://..., mlflow://...), .pt with its .onnx beside it, or a training folder',
    )
    .addHelpText(
      'after',
      `
Examples:
  eigenfleet layers best.onnx
  eigenfleet layers runs/detect/train --json
  eigenfleet layers best.onnx --images data/images
  eigenfleet layers best.onnx --images data.yaml --split val --limit 100 --out advice

With --images, layers and fusions of them are ranked by the share of the attainable heat inside the labeled
objects, or, where nobody labeled the images, inside what the model finds. It says where heat lies on these
images, and not whether the model is right.`,
    )
    .action(async (model: string, options: Record<string, unknown>) => {
      process.exitCode = await layers(model, await parseRunOptions(options, layersSettings));
    });
  addRunOptions(command, layersSettings, {
    images: {
      help: 'rank the layers on these: folder, pattern, .txt list or data.yaml; also s3://...',
    },
    limit: { help: 'only the first n images', standard: '50' },
    layers: { help: 'rank only these layers', standard: 'all with a grid' },
    conf: {
      help: "lowest confidence of the model's own objects, where nobody labeled the images",
      standard: '0.5',
    },
    out: { help: 'where the contact sheet goes; also s3://...', standard: adviceOut },
    json: { help: 'print what is in the model, or the ranking, as one JSON document' },
  });
}

const layersSettings: readonly SettingName[] = [
  ...(['images', 'split', 'include', 'exclude', 'labels', 'limit'] as const),
  ...(['task', 'names', 'imgsz', 'prepare', 'scale', 'mean', 'std', 'channelOrder'] as const),
  ...(['rect', 'maxPixels', 'layers', 'sign', 'padding', 'resize', 'conf', 'iou'] as const),
  ...(['maxDet', 'out', 'device', 'threads', 's3Endpoint', 's3Region', 'json', 'quiet'] as const),
];

/** Lists the layers of a model, or ranks them; returns the exit code. */
async function layers(model: string, settings: RunSettings): Promise<number> {
  const { json = false, quiet = false, images } = settings;
  const terminal = openTerminal({ json, quiet });
  const { note, warn } = terminal;
  const notices = { note, warn, named: '<model>' };
  const described = await readModelDescription(model, settings, notices);
  if (images !== undefined) {
    const { advise } = await import('../advise/advise.ts');
    const { description } = described;
    const advised = await advise({ settings: { ...settings, model }, description, terminal });
    if (advised.status === 'done') return advised.code;
  }
  const probe = await probeOf(described);
  terminal.print(json ? documentOf(described, probe) : textOf(described, probe));
  return 0;
}

/** What a run found when it tried the model's default layers, on this machine. */
async function probeOf({ description, sha256 }: DescribedModel): Promise<ProbeReport | undefined> {
  const defaults = description.layers.filter(({ isDefault }) => isDefault);
  const tensors = defaults.map(({ tensor }) => tensor);
  return (await findProbe(sha256, tensors))?.report;
}

function textOf({ description }: DescribedModel, probe: ProbeReport | undefined): string {
  const checked = probe === undefined ? notProbed : probeText(probe);
  return `${formatModelDescription(description)}\nChecked: ${checked}.`;
}

function documentOf({ description }: DescribedModel, probe: ProbeReport | undefined): string {
  const { model, layers, head, headInputs, layout, defaultReason } = description;
  const { task, classNames, inputHeight, inputWidth, batch, opset } = model;
  const facts = { task, classNames, inputHeight, inputWidth, batch, opset };
  const found = { head, headInputs, layout, defaultReason, layers, probe: probe ?? null };
  return JSON.stringify({ schema: 'layers@1', ...facts, ...found }, undefined, 2);
}
