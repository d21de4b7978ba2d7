import type { Command } from 'commander';
import { comingNights } from '../../audit/calendar/coming-nights.ts';
import { comingLines } from '../../audit/calendar/night-words.ts';
import { readAuditFile, readAuditFiles } from '../../audit/file/read-audit-files.ts';
import { type SyncStep, syncAudits } from '../../audit/home/sync-audits.ts';
import { counted } from '../../report/words/wording.ts';
import { exitCodes } from '../../shared/errors.ts';
import { placeOf } from '../../shared/storage/local-path.ts';
import { type AuditCall, addAuditOptions, auditCallOf } from './audit-call.ts';

/** add takes single files, sync a whole folder of them. */
export function addAuditSync(audit: Command): void {
  const add = audit
    .command('add')
    .description('keep the audits of these files, beside those that there are')
    .argument('<files...>', 'audit files, NAME.yaml; also s3://...')
    .addHelpText(
      'after',
      `
Examples:
  eigenfleet audit add audits/nightly.yaml --audits s3://data/audits

What it prints are the next five dates, and the days of the coming 13 months whose time the clocks jump over or show twice.`,
    )
    .action(async (files: readonly string[], options: Record<string, unknown>) => {
      const call = auditCallOf(options);
      const read = [];
      for (const file of files) read.push(await readAuditFile(file, call));
      process.exitCode = await sync(call, read, true);
    });
  addAuditOptions(add);
  const all = audit
    .command('sync')
    .description('make the audits equal to the files of a folder: new ones come, others go')
    .argument('<folder>', 'a folder with audit files, NAME.yaml; also s3://bucket/prefix')
    .addHelpText(
      'after',
      `
Examples:
  eigenfleet audit sync audits --audits s3://data/audits
  eigenfleet audit sync s3://config/audits --audits s3://data/audits

A file that is wrong is told with line and column; its audit stays as it was, the others go on, and the exit code is ${exitCodes.usage}.`,
    )
    .action(async (folder: string, options: Record<string, unknown>) => {
      const call = auditCallOf(options);
      process.exitCode = await sync(call, await readAuditFiles(folder, call), false);
    });
  addAuditOptions(all);
}

async function sync(
  call: AuditCall,
  files: Parameters<typeof syncAudits>[1],
  only: boolean,
): Promise<number> {
  const { home, terminal, json, now } = call;
  const steps = await syncAudits(home, files, { now, only });
  if (json) terminal.print(documentOf(steps, call));
  for (const step of steps) {
    if ('sentence' in step) terminal.warn(step.sentence);
    else if (!json) printStep(step, call);
  }
  if (!json) terminal.print(`${sumOf(steps)} in ${placeOf(home.uri)}`);
  return steps.some((step) => 'sentence' in step) ? exitCodes.usage : 0;
}

/** Of what did not change, the next date alone. */
function printStep(step: SyncStep, { terminal, now }: AuditCall): void {
  const paused = 'pausedSince' in step ? ', paused' : '';
  terminal.print(`${terminal.colors.bold(step.name)}: ${step.action}${paused}`);
  if (!('audit' in step)) return;
  const lines = comingLines(step.audit, comingNights(step.audit, now));
  const shown =
    step.action === 'unchanged' ? lines.filter((line) => line.startsWith('next')) : lines;
  for (const line of shown) terminal.print(`  ${line}`);
}

/** `1 audit added, 2 unchanged, 1 refused`. */
function sumOf(steps: readonly SyncStep[]): string {
  const actions = [...new Set(steps.map(({ action }) => action))];
  return actions
    .map((action, index) => {
      const count = steps.filter((step) => step.action === action).length;
      return `${index === 0 ? counted(count, 'audit') : count} ${action}`;
    })
    .join(', ');
}

function documentOf(steps: readonly SyncStep[], { home, now }: AuditCall): string {
  const audits = steps.map((step) => {
    if (!('audit' in step)) return step;
    const { audit, ...said } = step;
    return { ...said, cron: audit.cron, ...comingNights(audit, now) };
  });
  return JSON.stringify({ schema: 'synced@1', home: home.uri, audits }, undefined, 2);
}
