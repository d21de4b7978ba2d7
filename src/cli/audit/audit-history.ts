import type { Command } from 'commander';
import { type ReadAudit, readAudit } from '../../audit/home/stored-audits.ts';
import type { Night } from '../../audit/night/night.ts';
import { listNights } from '../../audit/night/stored-nights.ts';
import { writeTrend } from '../../audit/trend/write-trend.ts';
import { counted, wholeNumber as wholeNumberText } from '../../report/words/wording.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import { placeOf } from '../../shared/storage/local-path.ts';
import { isSaid, parseOptions, wholeNumber } from '../options/option-values.ts';
import { openReport } from '../terminal/open-report.ts';
import { oneLine } from '../terminal/screen-text.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { type AuditCall, addAuditOptions, auditCallOf, unknownAudit } from './audit-call.ts';
import { nightMark, nightWords, untoldWords } from './night-text.ts';

/** A night each day for over a hundred years. */
const mostNights = 40_000;

/** history prints what became of an audit's nights, the newest last. */
export function addAuditHistory(audit: Command): Command {
  const command = audit
    .command('history')
    .description('what became of the nights of an audit: verdicts, images, runs')
    .argument('<name>', 'the name of the audit; also of one that was removed')
    .option('-n, --last <n>', 'only the last n nights', '30')
    .option('--open', 'draw the page of the audit, and open it in the browser', false)
    .addHelpText(
      'after',
      `
Examples:
  eigenfleet audit history nightly --audits s3://data/audits
  eigenfleet audit history nightly --open --audits s3://data/audits
  eigenfleet audit history nightly --last 400 --json --audits s3://data/audits

--open draws the nights as a page, trend.html beside them: verdicts, figures over time, and the report of each night.`,
    )
    .action(async (name: string, options: Record<string, unknown>) => {
      await history(name, options, auditCallOf(options));
    });
  return addAuditOptions(command);
}

async function history(
  name: string,
  options: Readonly<Record<string, unknown>>,
  { home, terminal, json }: AuditCall,
): Promise<void> {
  const { last, open } = parseOptions({ last: wholeNumber(1, mostNights), open: isSaid }, options);
  const read = await readAudit(home, name);
  const nights = await listNights(home, name, last);
  if (read.status === 'absent' && nights.length === 0) throw await unknownAudit(home, name);
  if (json) {
    const document = { schema: 'history@1', audit: name, home: home.uri, nights };
    return terminal.print(JSON.stringify(document, undefined, 2));
  }
  if (nights.length === 0) terminal.print(`${name} had no night yet.`);
  for (const night of nights) printNight(night, terminal);
  if (!open) return;
  if (read.status !== 'read') throw withoutFile(name, read);
  const key = await writeTrend(home, read);
  terminal.print(`\npage: ${terminal.colors.bold(placeOf(`${home.uri}/${key}`))}`);
  await openReport(home, key);
}

/** The page says what an audit is of. */
function withoutFile(name: string, read: Exclude<ReadAudit, { status: 'read' }>): EigenfleetError {
  const sentence =
    read.status === 'broken'
      ? read.sentence
      : `${name} was removed: only its nights are there, which history prints without --open.`;
  return new EigenfleetError('usage', sentence);
}

function printNight(night: Night, terminal: Terminal): void {
  const { bold, dim } = terminal.colors;
  const { key, runId, images, model } = night;
  const untold = untoldWords(night);
  terminal.print(`${nightMark(night, terminal)} ${bold(key)} ${oneLine(nightWords(night))}`);
  const facts = [
    ...(images === undefined ? [] : [imageWords(images)]),
    ...(model?.changedFrom === undefined ? [] : [`new model ${oneLine(model.name)}`]),
    ...(runId === undefined ? [] : [runId]),
    ...(untold === undefined ? [] : [untold]),
  ];
  if (facts.length > 0) terminal.print(dim(`    ${facts.join(', ')}`));
}

/** `120 images, 12 of them explained anew, 3 gone`. */
function imageWords({ total, explained, removed }: NonNullable<Night['images']>): string {
  const anew = explained === total ? '' : `, ${wholeNumberText(explained)} of them explained anew`;
  return `${counted(total, 'image')}${anew}${removed > 0 ? `, ${wholeNumberText(removed)} gone` : ''}`;
}
