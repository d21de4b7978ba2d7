import { appendFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Verdict } from '../../report/summary/verdict-schema.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import { githubStepSummary } from '../../shared/host/environment.ts';
import { baselineOf, locateBaseline } from '../../shared/run/places/baseline-of.ts';
import { locateRun } from '../../shared/run/places/locate-run.ts';
import { latestName } from '../../shared/run/run-names.ts';
import { reportPlaceOf } from '../../shared/run/run-state.ts';
import { defaultOut, runSettings } from '../../shared/settings/run-settings.ts';
import { writeTextFile } from '../../shared/storage/file-place.ts';
import type { StoreOptions } from '../../shared/storage/open-store.ts';
import { checkRun } from '../../verdict/check-run.ts';
import { verdictJunit } from '../../verdict/publish/verdict-junit.ts';
import { verdictMarkdown } from '../../verdict/publish/verdict-markdown.ts';
import { publishVerdict } from '../../verdict/publish-verdict.ts';
import { addRuleOptions, readRules } from '../options/rule-options.ts';
import { addStoreOptions, storeOptionsOf } from '../options/store-options.ts';
import { openTerminal } from '../terminal/terminal.ts';
import { verdictClosing, verdictCode } from '../terminal/verdict-closing.ts';

const examples = `
Examples:
  eigenfleet check latest --out results --rules rules.yaml
  eigenfleet check after-training --against before-training --fail-if "change of map50 < -0.02"
  eigenfleet check latest --out s3://results --fail-if "recall.Platelets<0.7" --fail-if "failed>5%"
  eigenfleet check tonight --against release --rules rules.yaml --junit rules.xml --markdown comment.md

A rules file has one rule a line; "eigenfleet rules init latest" proposes one:
  rules:
    - recall.Platelets >= 0.7
    - failed <= 5%
    - change of map50 >= -0.02
    - drift: none`;

export function addCheckCommand(program: Command): void {
  const command = program
    .command('check')
    .description(
      'hold a finished run against rules: exit code 0 all hold, 1 one failed, 10 could not tell',
    )
    .argument('[run]', 'id, name, start of the id, latest, or the folder of a run', latestName)
    .option('--against <run>', 'the run that changes and drift are measured from');
  command.addHelpText('after', examples);
  command.action(async (reference: string, options: CheckOptions) => {
    process.exitCode = await check(reference, options);
  });
  addStoreOptions(addOutputOptions(addRuleOptions(command)));
}

function addOutputOptions(command: Command): Command {
  return command
    .option(
      '-o, --out <folder>',
      'where the results are: a folder or s3://bucket/prefix',
      defaultOut,
    )
    .option('--json', 'print the verdict as JSON', false)
    .option('--junit <file>', 'also write JUnit XML, one test case a rule')
    .option('--markdown <file>', 'also write Markdown, for a comment on a pull request')
    .option('--link <url>', 'where the report can be opened, for the Markdown')
    .option('-q, --quiet', runSettings.quiet.help, false);
}

interface CheckOptions {
  readonly against?: string;
  readonly rules?: string;
  readonly failIf?: readonly string[];
  readonly out: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly junit?: string;
  readonly markdown?: string;
  readonly link?: string;
}

async function check(reference: string, options: CheckOptions): Promise<number> {
  const { out, json, quiet } = options;
  const terminal = openTerminal({ json, quiet });
  const storage = storeOptionsOf({ ...options });
  const rules = await readRules(options, storage);
  if (rules.length === 0) {
    throw new EigenfleetError(
      'usage',
      'There is no rule to check: name a file with --rules, or a condition with --fail-if "recall<0.7".',
    );
  }
  const run = await locateRun(reference, { out, ...storage });
  const baseline = await locateBaseline(options.against, { out, ...storage });
  const checked = await checkRun({ run, against: await baselineOf(run, baseline), rules });
  const { verdict } = checked;
  const report = reportPlaceOf(run.store, run.runId);
  await publishVerdict(run.store, checked, report);
  await writeFiles(verdict, { ...options, report }, storage);
  const closing = `${verdictClosing(verdict, terminal)}\n\nreport: ${terminal.colors.bold(report)}`;
  terminal.print(json ? JSON.stringify({ ...verdict, report }, undefined, 2) : closing);
  return verdictCode(verdict);
}

async function writeFiles(
  verdict: Verdict,
  { junit, markdown, link, report }: CheckOptions & { readonly report: string },
  storage: StoreOptions,
): Promise<void> {
  if (junit !== undefined) await writeTextFile(junit, verdictJunit(verdict), storage);
  const comment = verdictMarkdown(verdict, link ?? report);
  if (markdown !== undefined) await writeTextFile(markdown, comment, storage);
  // On a CI that shows Markdown beside the job, it goes there too.
  const file = githubStepSummary();
  if (file) await appendFile(file, comment);
}
