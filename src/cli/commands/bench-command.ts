import type { Command } from 'commander';
import { benchMachine } from '../../local/bench/bench-machine.ts';
import type { RunSettings, SettingName } from '../../shared/settings/run-settings.ts';
import { benchText } from '../bench/bench-text.ts';
import { fromEnvironment } from '../options/from-environment.ts';
import { parseOptions, wholeNumber } from '../options/option-values.ts';
import { addRunOptions, parseRunOptions } from '../options/run-options.ts';
import { interruptible } from '../terminal/interrupt.ts';
import { openTerminal } from '../terminal/terminal.ts';

const benchSettings: readonly SettingName[] = [
  ...(['model', 'images', 'split', 'include', 'exclude', 'task', 'names', 'imgsz'] as const),
  ...(['prepare', 'scale', 'mean', 'std', 'channelOrder', 'rect', 'maxPixels', 'layers'] as const),
  ...(['components', 'classes', 'boxMaps', 'resize', 'conf', 'device', 'threads'] as const),
  ...(['s3Endpoint', 's3Region', 'json', 'quiet'] as const),
];

const ownOptions = { rounds: wholeNumber(1, 100), seconds: wholeNumber(1, 600) };

export function addBenchCommand(program: Command): void {
  const command = program
    .command('bench')
    .description('the fastest flags for a model on this machine, beside the model alone')
    .option('--rounds <n>', 'times that each takes its turn', '3')
    .option('--seconds <n>', 'of each measurement', '2')
    .addHelpText(
      'after',
      `
Examples:
  eigenfleet bench --model best.onnx
  eigenfleet bench --model best.onnx --images data/images --rounds 5
  eigenfleet bench -m best.onnx --device cuda:0 --layers head --components 1-3 --json

Results do not depend on what it finds: --threads and --batch change only the speed. Images are decoded from memory
and nothing is written, so a slow disk or bucket comes on top.`,
    )
    .action(async (options: Record<string, unknown>) => {
      process.exitCode = await bench(await parseRunOptions(options, benchSettings), options);
    });
  addRunOptions(command, benchSettings, {
    images: {
      help: 'explain the first 24 of these: folder, pattern, .txt list or data.yaml; also s3://...',
      standard: 'a made picture',
    },
    threads: { help: 'most threads to use' },
    json: { help: 'print what was measured as JSON' },
  });
}

async function bench(
  settings: RunSettings,
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const { json = false, quiet = false } = settings;
  const { rounds, seconds } = parseOptions(ownOptions, options);
  const terminal = openTerminal({ json, quiet });
  const { note, warn } = terminal;
  return interruptible(terminal, async (signal) => {
    const { datasetsFolder } = await fromEnvironment();
    const outcome = await benchMachine({
      ...{ settings, rounds, secondsEach: seconds, datasetsFolder, note, warn, signal },
      onStep: (words) => note(`Measuring ${words}.`),
    });
    const document = { schema: 'bench@1', model: settings.model, ...outcome };
    terminal.print(
      json ? JSON.stringify(document, undefined, 2) : benchText(outcome, settings.model ?? ''),
    );
    return 0;
  });
}
