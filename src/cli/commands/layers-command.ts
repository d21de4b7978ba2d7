import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { decodeOnnx } from '../../model/onnx/onnx-file.ts';
import { findProbe } from '../../model/probe/probe-record.ts';
import { notProbed, probeText } from '../../model/probe/probe-report.ts';
import { findWeights } from '../../model/runtime/model-weights.ts';
import { readModelFile } from '../../model/yolo/load-model.ts';
import { describeModel, formatModelDescription } from '../../model/yolo/model-description.ts';
import { locateModel } from '../../producer/model/locate-model.ts';
import { overridesOf } from '../../producer/model/open-model.ts';
import { addRunOptions, parseRunOptions } from '../options/run-options.ts';
import { openTerminal } from '../terminal/terminal.ts';

export function addLayersCommand(program: Command): void {
  const command = program
    .command('layers')
    .description(
      'what is in a model: task, classes, input, head, every layer with its grid, the default targets',
    )
    .argument(
      '<model>',
      '.onnx (also s3://...), .pt with its .onnx beside it, or a training folder',
    )
    .addHelpText(
      'after',
      `
Examples:
  eigenfleet layers best.onnx
  eigenfleet layers runs/detect/train --json`,
    )
    .action(printLayers);
  addRunOptions(command, ['task', 'names', 'imgsz', 's3Endpoint', 's3Region', 'json'], {
    json: { help: 'print what is in the model as one JSON document' },
  });
}

async function printLayers(model: string, options: Record<string, unknown>): Promise<void> {
  const settings = await parseRunOptions(options);
  const terminal = openTerminal({ json: settings.json ?? false });
  const { onnxPath, warnings } = await locateModel(model, settings, { named: '<model>' });
  for (const warning of warnings) terminal.warn(warning);
  const bytes = await readModelFile(onnxPath);
  const name = basename(onnxPath);
  const { externalFiles } = decodeOnnx(bytes, name);
  const description = await describeModel(bytes, {
    name,
    overrides: overridesOf(settings),
    ...(await findWeights(onnxPath, externalFiles)),
  });
  const defaults = description.layers.filter(({ isDefault }) => isDefault);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const probe = await findProbe(
    sha256,
    defaults.map(({ tensor }) => tensor),
  );
  if (!settings.json) {
    const checked = probe === undefined ? notProbed : probeText(probe.report);
    return terminal.print(`${formatModelDescription(description)}\nChecked: ${checked}.`);
  }
  const { model: read, layers, head, headInputs, layout, defaultReason } = description;
  const { task, classNames, inputHeight, inputWidth, batch, opset } = read;
  const facts = { task, classNames, inputHeight, inputWidth, batch, opset };
  const document = {
    schema: 'layers@1',
    ...facts,
    head,
    headInputs,
    layout,
    defaultReason,
    layers,
    probe: probe?.report ?? null,
  };
  return terminal.print(JSON.stringify(document, undefined, 2));
}
