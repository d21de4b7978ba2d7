import type { Command } from 'commander';
import { z } from 'zod';
import { type FitRequest, fitDataset } from '../../local/fit-dataset.ts';
import { compareBases } from '../../model/basis/compare-bases.ts';
import { mergeBases } from '../../model/basis/fit-basis.ts';
import { missingPartsText } from '../../model/basis/merged-parts.ts';
import { basisPlace, readBasis, writeBasis } from '../../shared/basis/basis-place.ts';
import type { FittedBasis } from '../../shared/basis/dataset-basis.ts';
import { mostParts, parsePart } from '../../shared/basis/dataset-part.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import type { RunSettings, SettingName } from '../../shared/settings/run-settings.ts';
import { basisText } from '../basis/basis-text.ts';
import { comparedBasesText } from '../basis/compared-bases-text.ts';
import { fromEnvironment } from '../options/from-environment.ts';
import { parseOptions, wholeNumber } from '../options/option-values.ts';
import { addRunOptions, parseRunOptions } from '../options/run-options.ts';
import { interruptible } from '../terminal/interrupt.ts';
import { openProgress } from '../terminal/progress.ts';
import { openTerminal, type Terminal } from '../terminal/terminal.ts';

/** More components than this say little, and each is projected on in every image of a run. */
const mostComponents = 256;
const usualComponents = 16;
const keepOption = { keep: wholeNumber(1, mostComponents) };
const partOption = {
  part: {
    schema: z
      .string()
      .transform(parsePart)
      .refine((part) => part !== undefined)
      .optional(),
    expected: `a part and how many there are, such as 2/8, up to ${mostParts}`,
  },
};

export function addBasisCommand(program: Command): void {
  const command = program
    .command('basis')
    .description(
      "a dataset's own principal components, for runs whose components mean the same in every image",
    )
    .addHelpText(
      'after',
      `
Examples:
  eigenfleet basis fit --model best.onnx --images data/train --out blood.safetensors
  eigenfleet basis show blood.safetensors
  eigenfleet basis merge part-*.safetensors --out blood.safetensors
  eigenfleet basis compare march.safetensors june.safetensors
  eigenfleet run --model best.onnx --images data/new --basis blood.safetensors --components 1-3`,
    );
  addFit(command);
  addShow(command);
  addMerge(command);
  addCompare(command);
}

function addFit(parent: Command): void {
  const command = parent
    .command('fit')
    .description('fit the principal components of a dataset: one basis for each target layer')
    .addHelpText(
      'after',
      `
Examples:
  eigenfleet basis fit --model best.onnx --images data/train --out blood.safetensors
  eigenfleet basis fit -m best.onnx -i data.yaml --split train --layers 15,18 --keep 8 --out bases/
  eigenfleet basis fit -m best.onnx -i s3://data/shots --limit 2000 --out s3://results/basis.safetensors
  eigenfleet basis fit -m best.onnx -i s3://data/shots --part 2/8 --out s3://results/part-2.safetensors

With --part, each of eight machines or jobs sums an eighth of the images, and "eigenfleet basis merge" makes the basis that one would have made.

A basis belongs to the weights that it was fitted with. Its components are the dominant directions of the dataset, not classes.`,
    )
    .action(async (options: Record<string, unknown>) => {
      const { part } = parseOptions(partOption, options);
      const settings = await parseRunOptions(options, fitSettings);
      process.exitCode = await fit(settings, { keep: keepOf(options), part });
    });
  addKeep(command);
  command.option('--part <k/n>', 'sum the k-th of n parts of the images; "basis merge" joins them');
  addRunOptions(command, fitSettings, {
    out: {
      help: 'the file to write (.safetensors), or a folder for it; also s3://...',
      standard: 'basis.safetensors',
    },
    json: { help: 'print what was fitted as JSON' },
    maxPixels: { help: 'leave out images with more pixels' },
  });
}

const fitSettings: readonly SettingName[] = [
  ...(['model', 'images', 'split', 'include', 'exclude', 'limit', 'export'] as const),
  ...(['task', 'names', 'imgsz', 'prepare', 'rect', 'scale', 'mean', 'std'] as const),
  ...(['channelOrder', 'maxPixels', 'layers', 'resize', 'out'] as const),
  ...(['device', 'threads', 'batch', 's3Endpoint', 's3Region', 'json', 'quiet'] as const),
];

const fileSettings: readonly SettingName[] = ['s3Endpoint', 's3Region', 'json'];

function addKeep(command: Command): void {
  command.option(
    '--keep <n>',
    `components of each layer, and the rest of a group that nearly ties (default: ${usualComponents})`,
  );
}

function keepOf({ keep = usualComponents }: Readonly<Record<string, unknown>>): number {
  return parseOptions(keepOption, { keep }).keep;
}

async function fit(
  settings: RunSettings,
  choice: Pick<FitRequest, 'keep' | 'part'>,
): Promise<number> {
  const { quiet = false, json = false } = settings;
  const terminal = openTerminal({ quiet, json });
  const { note, warn, progressStream: stream } = terminal;
  const place = basisPlace(settings.out ?? 'basis.safetensors', settings);
  return interruptible(terminal, async (signal) => {
    const { datasetsFolder } = await fromEnvironment();
    const progress = await openProgress({ stream, quiet });
    const onProgress = progress.show.bind(progress);
    const request = { settings, ...choice, datasetsFolder, note, warn, onProgress, signal };
    const fitted = await fitDataset({ ...request, ownsThread: true }).finally(() =>
      progress.stop(),
    );
    await writeBasis(place, fitted);
    print(terminal, fitted, { json, name: place.name });
    return 0;
  });
}

function print(
  terminal: Terminal,
  { description }: FittedBasis,
  { json, name }: { readonly json: boolean; readonly name: string },
): void {
  const document = { ...description, file: name };
  terminal.print(json ? JSON.stringify(document, undefined, 2) : basisText(description, name));
}

function addShow(parent: Command): void {
  const command = parent
    .command('show')
    .description(
      'what is in a basis: its model and images, the curve of each layer, components that nearly tie',
    )
    .argument('<basis>', 'a basis file, or its folder; also s3://...')
    .addHelpText(
      'after',
      `
Examples:
  eigenfleet basis show blood.safetensors
  eigenfleet basis show s3://results/basis.safetensors --json`,
    )
    .action(async (file: string, options: Record<string, unknown>) => {
      const settings = await parseRunOptions(options, fileSettings);
      const { json = false } = settings;
      const place = basisPlace(file, settings);
      const { fitted } = await readBasis(place);
      print(openTerminal({ json }), fitted, { json, name: place.name });
    });
  addRunOptions(command, fileSettings, { json: { help: 'print it as JSON' } });
}

function addMerge(parent: Command): void {
  const command = parent
    .command('merge')
    .description('one basis of the images of several, fitted on parts of a dataset in any order')
    .argument('<basis...>', 'basis files of one model; also s3://...')
    .addHelpText(
      'after',
      `
Examples:
  eigenfleet basis merge part-1.safetensors part-2.safetensors --out blood.safetensors

Parts of "basis fit --part" are joined to the basis of the whole, and a part that is there twice is refused. Of other bases, each image must be in one only: an image in two of them counts twice.`,
    )
    .action(async (files: string[], options: Record<string, unknown>) => {
      const settings = await parseRunOptions(options, [...fileSettings, 'out']);
      await merge(files, settings, keepOf(options));
    });
  addKeep(command);
  addRunOptions(command, [...fileSettings, 'out'], {
    out: { help: 'the file to write (.safetensors), or a folder for it; also s3://...' },
    json: { help: 'print what was merged as JSON' },
  });
}

async function merge(files: readonly string[], settings: RunSettings, keep: number): Promise<void> {
  const { json = false, out } = settings;
  if (out === undefined) throw new EigenfleetError('usage', 'Where to? Give a file with --out.');
  const bases: FittedBasis[] = [];
  for (const file of files) bases.push((await readBasis(basisPlace(file, settings))).fitted);
  const merged = mergeBases(bases, keep);
  const place = basisPlace(out, settings);
  await writeBasis(place, merged);
  const terminal = openTerminal({ json });
  for (const line of missingPartsText(merged.description.dataset)) terminal.warn(line);
  print(terminal, merged, { json, name: place.name });
}

function addCompare(parent: Command): void {
  const command = parent
    .command('compare')
    .description(
      'how far the components of one model turn from one set of images to another, beside how far they turn by themselves',
    )
    .argument('<first>', 'a basis file, or its folder; also s3://...')
    .argument('<second>', 'another one of the same weights')
    .addHelpText(
      'after',
      `
Examples:
  eigenfleet basis compare march.safetensors june.safetensors
  eigenfleet basis compare bases/day s3://results/night.safetensors --json

Components that nearly tie are compared by their span. Models of different weights have no common components: eigenfleet compare compares their maps.`,
    )
    .action(async (first: string, second: string, options: Record<string, unknown>) => {
      const settings = await parseRunOptions(options, fileSettings);
      const [a, b] = [basisPlace(first, settings), basisPlace(second, settings)];
      const before = (await readBasis(a)).fitted;
      const groups = compareBases(before, (await readBasis(b)).fitted);
      const document = { schema: 'basis-comparison@1', first: a.name, second: b.name, groups };
      openTerminal({ json: settings.json === true }).print(
        settings.json ? JSON.stringify(document, undefined, 2) : comparedBasesText(document),
      );
    });
  addRunOptions(command, fileSettings, { json: { help: 'print it as JSON' } });
}
