import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { storageError } from '../../shared/host/storage-error.ts';
import { defaultOut } from '../../shared/settings/run-settings.ts';
import { placeOf } from '../../shared/storage/local-path.ts';
import { openStore } from '../../shared/storage/open-store.ts';
import { compareRuns } from '../../verdict/compare/compare-runs.ts';
import { type ComparedRun, openComparedRun } from '../../verdict/compare/compared-run.ts';
import type { Comparison } from '../../verdict/compare/comparison.ts';
import { comparisonJunit } from '../../verdict/page/comparison-junit.ts';
import { comparisonMarkdown } from '../../verdict/page/comparison-markdown.ts';
import { writeComparison } from '../../verdict/page/write-comparison.ts';
import { anyText, isSaid, optional, parseOptions } from '../options/option-values.ts';
import { addStoreOptions, storeOptionsOf } from '../options/store-options.ts';
import { comparisonText } from '../terminal/comparison-text.ts';
import { interruptible } from '../terminal/interrupt.ts';
import { openReport } from '../terminal/open-report.ts';
import { openTerminal, type Terminal } from '../terminal/terminal.ts';

const shape = {
  out: optional(anyText),
  markdown: optional(anyText),
  junit: optional(anyText),
  json: isSaid,
  open: isSaid,
  quiet: isSaid,
};

export function addCompareCommand(program: Command): void {
  const command = program
    .command('compare')
    .description('what changed from run to run: figures, classes, maps, measures, images')
    .argument(
      '<runs...>',
      'two or more, in order: a name, an id or the start of one (in --out), or the folder of a run or of results, also s3://',
    )
    .option(
      '-o, --out <folder>',
      `where names are looked up, and comparisons/ is written: a folder or s3://bucket/prefix (default: ${defaultOut}, and beside the last run)`,
    )
    .option('--markdown <file>', 'also write Markdown, for a comment on a pull request')
    .option('--junit <file>', 'also write JUnit XML, for the pages of CI')
    .option('--json', 'print the comparison as JSON')
    .option('--open', 'open the page in the browser')
    .option('-q, --quiet', 'no notes')
    .addHelpText(
      'after',
      `
Examples:
  eigenfleet compare before after --out results
  eigenfleet compare epoch5 epoch20 final --out results --open
  eigenfleet compare s3://results/baseline results/latest --markdown comment.md

Differences have 95 % intervals over groups of images. A comparison judges nothing: its exit code is 0. eigenfleet check is the gate.`,
    )
    .action(compare);
  addStoreOptions(command);
}

async function compare(references: string[], raw: Record<string, unknown>): Promise<void> {
  const options = parseOptions(shape, raw);
  const { json, quiet } = options;
  const terminal = openTerminal({ json, quiet });
  const storage = storeOptionsOf(raw);
  process.exitCode = await interruptible(terminal, async (signal) => {
    const runs: ComparedRun[] = [];
    for (const reference of references) {
      runs.push(await openComparedRun(reference, { out: options.out ?? defaultOut, ...storage }));
    }
    const comparison = await compareRuns(runs, { signal, note: terminal.note });
    const last = runs.at(-1) as ComparedRun;
    const store = options.out === undefined ? last.store : openStore(options.out, storage);
    const key = await writeComparison({ comparison, runs, store, storage });
    await writeFiles(comparison, options);
    show(terminal, comparison, placeOf(`${store.uri}/${key}`), json);
    if (options.open) await openReport(store, key);
    return 0;
  });
}

async function writeFiles(
  comparison: Comparison,
  {
    markdown,
    junit,
  }: { readonly markdown?: string | undefined; readonly junit?: string | undefined },
): Promise<void> {
  if (markdown !== undefined) await writeText(markdown, comparisonMarkdown(comparison));
  if (junit !== undefined) await writeText(junit, comparisonJunit(comparison));
}

async function writeText(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    throw storageError(error, 'written', path);
  }
}

function show(terminal: Terminal, comparison: Comparison, page: string, json: boolean): void {
  const text = json
    ? JSON.stringify({ ...comparison, page })
    : comparisonText(comparison, page, terminal.colors);
  terminal.print(text);
}
