import type { Command } from 'commander';
import { EigenfleetError, exitCodes } from '../../shared/errors.ts';
import { locateRun } from '../../shared/run/places/locate-run.ts';
import { latestName } from '../../shared/run/run-names.ts';
import { defaultOut } from '../../shared/settings/run-settings.ts';
import { filePlace, writeTextFile } from '../../shared/storage/file-place.ts';
import { readCheckedRun } from '../../verdict/figures/read-checked-run.ts';
import { noRuleSentence, proposedFile, proposeRules } from '../../verdict/rules/propose-rules.ts';
import { addStoreOptions, storeOptionsOf } from '../options/store-options.ts';
import { openTerminal } from '../terminal/terminal.ts';

export function addRulesCommand(program: Command): void {
  const command = program
    .command('rules')
    .description('rules for eigenfleet check')
    .addHelpText(
      'after',
      `\nExamples:\n  eigenfleet rules init latest --out results --write rules.yaml`,
    );
  const init = command
    .command('init')
    .description('propose rules that runs like these hold, with thresholds from their intervals')
    .argument(
      '[runs...]',
      'ids, names, starts of ids, latest, or folders of runs; latest by default',
    )
    .option(
      '-o, --out <folder>',
      'where the results are: a folder or s3://bucket/prefix',
      defaultOut,
    )
    .option(
      '-w, --write <file>',
      'the file to write, instead of printing it; one that is there is kept',
    )
    .addHelpText(
      'after',
      `
Examples:
  eigenfleet rules init latest --out results
  eigenfleet rules init release nightly-1 nightly-2 --out s3://results --write rules.yaml`,
    );
  init.action(async (references: readonly string[], options: InitOptions) => {
    await initRules(references.length === 0 ? [latestName] : references, options);
  });
  addStoreOptions(init);
}

interface InitOptions {
  readonly out: string;
  readonly write?: string;
}

async function initRules(references: readonly string[], options: InitOptions): Promise<void> {
  const { out, write } = options;
  const storage = storeOptionsOf({ ...options });
  const terminal = openTerminal();
  await assertFree(write, storage);
  const places = [];
  for (const reference of references) places.push(await locateRun(reference, { out, ...storage }));
  const runs = [];
  for (const place of places) runs.push(await readCheckedRun(place));
  const proposal = proposeRules(runs);
  const { rules } = proposal;
  const names = runs.map(({ summary }) => summary.runId);
  if (rules.length === 0) {
    terminal.warn(noRuleSentence(proposal, names));
    process.exitCode = exitCodes.undecided;
    return;
  }
  const file = proposedFile(proposal, names);
  if (!rules.some(({ rule }) => !rule.startsWith('failed'))) {
    terminal.warn(
      'there is no evaluation with intervals among these runs, so no rule on labels is proposed.',
    );
  }
  if (write === undefined) return terminal.print(file.trimEnd());
  await writeTextFile(write, file, storage);
  terminal.print(
    `${rules.length} rules in ${write}: look them over, then run eigenfleet check RUN --out ${out} --rules ${write}`,
  );
}

/** Rules are written by people: what is there is never replaced. */
async function assertFree(
  file: string | undefined,
  storage: ReturnType<typeof storeOptionsOf>,
): Promise<void> {
  if (file === undefined) return;
  const { store, key } = filePlace(file, storage);
  if ((await store.head(key)) === undefined) return;
  throw new EigenfleetError(
    'usage',
    `${file} is there already: delete it first, or name another file with --write.`,
  );
}
