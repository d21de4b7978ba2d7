import type { Command } from 'commander';
import { evaluateRun } from '../../local/evaluation/evaluate-run.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import { locateRun } from '../../shared/run/places/locate-run.ts';
import { latestName } from '../../shared/run/run-names.ts';
import { reportPlaceOf } from '../../shared/run/run-state.ts';
import { defaultOut } from '../../shared/settings/run-settings.ts';
import { share } from '../../shared/settings/setting-values.ts';
import { anyText, isSaid, optional, parseOptions } from '../options/option-values.ts';
import { addStoreOptions, storeOptionsOf } from '../options/store-options.ts';
import { evaluationText } from '../terminal/evaluation-text.ts';
import { interruptible } from '../terminal/interrupt.ts';
import { openTerminal } from '../terminal/terminal.ts';

export function addEvaluateCommand(program: Command): void {
  const command = program
    .command('evaluate')
    .description(
      'set a finished run beside its labels anew: corrected labels, another threshold, groups of images; without inference',
    )
    .argument('[run]', 'its name, id, folder, or latest', latestName)
    .addHelpText(
      'after',
      `
Examples:
  eigenfleet evaluate latest --out results
  eigenfleet evaluate results/blood-cells-1a2b3c4d5e6f --labels corrected/labels
  eigenfleet evaluate after-training --out s3://results --conf 0.4 --group video
  eigenfleet evaluate latest --group "^(patient\\d+)" --json

Objects, evaluation.json and the report are replaced; evaluations/ keeps each. The run and its id stay.`,
    )
    .action(async (reference: string, options: Record<string, unknown>) => {
      process.exitCode = await evaluate(reference, options);
    });
  for (const [flags, help, standard] of flagsOf) command.option(flags, help, standard);
  addStoreOptions(command);
}

const flagsOf: readonly (readonly [flags: string, help: string, standard?: string])[] = [
  ['-o, --out <folder>', 'where the results are: a folder or s3://bucket/prefix', defaultOut],
  [
    '--labels <place>',
    "folder of YOLO label files, also s3://..., or a COCO .json file (default: the run's own, read anew)",
  ],
  ['--stored-labels', 'the labels that the run read, whatever is in their files now'],
  ['--conf <number>', "lowest confidence of a box that counts (default: the run's)"],
  ['--iou <number>', 'IoU from which on a label counts as found (default: 0.5)'],
  [
    '--group <rule>',
    "what is independent: image, folder, video, or a pattern whose first group names it (default: the run's, else image)",
  ],
  ['--json', 'print the evaluation as JSON'],
  ['-q, --quiet', 'results, warnings and errors only'],
];

const shape = {
  ...{ out: anyText, labels: optional(anyText), storedLabels: isSaid },
  ...{ conf: optional(share), iou: optional(share), group: optional(anyText) },
  ...{ json: isSaid, quiet: isSaid },
};

async function evaluate(
  reference: string,
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const said = parseOptions(shape, options);
  const { json, quiet, labels, storedLabels, group } = said;
  if (storedLabels && labels !== undefined) {
    throw new EigenfleetError(
      'usage',
      '--labels and --stored-labels contradict each other: give one of them.',
    );
  }
  const storage = storeOptionsOf(options);
  const terminal = openTerminal({ json, quiet });
  const { note, warn } = terminal;
  return interruptible(terminal, async (signal) => {
    const { store, runId } = await locateRun(reference, { out: said.out, ...storage });
    const choice = { confThreshold: said.conf, iouThreshold: said.iou, group };
    const { evaluation } = await evaluateRun({
      ...{ store, runId, labels, storedLabels, choice, storage, note, warn, signal },
    });
    if (json) terminal.print(JSON.stringify(evaluation));
    else {
      const report = terminal.colors.bold(reportPlaceOf(store, runId));
      terminal.print(`${evaluationText(evaluation)}\n\nreport: ${report}`);
    }
    return 0;
  });
}
