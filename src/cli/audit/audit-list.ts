import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { nextNight } from '../../audit/calendar/due-nights.ts';
import { zonedTime } from '../../audit/calendar/night-words.ts';
import type { PlannedNight } from '../../audit/calendar/schedule.ts';
import { timeZoneOf } from '../../audit/calendar/time-zone.ts';
import { type BrokenAudit, listAudits, type StoredAudit } from '../../audit/home/stored-audits.ts';
import { type AuditStatus, auditStatus } from '../../audit/night/audit-status.ts';
import { lastDateOf } from '../../audit/night/night-history.ts';
import { listNights } from '../../audit/night/stored-nights.ts';
import { EigenfleetError, exitCodes } from '../../shared/errors.ts';
import { localPathOf, placeOf } from '../../shared/storage/local-path.ts';
import { oneLine } from '../terminal/screen-text.ts';
import { type AuditCall, addAuditOptions, auditCallOf } from './audit-call.ts';
import { nightMark, nightWords, untoldWords } from './night-text.ts';

/** Nights that say how an audit stands: the last one, the one under way, the last date. */
const enoughNights = 60;

interface ListedAudit extends StoredAudit {
  readonly status: AuditStatus;
  /** Absent while it is paused. */
  readonly next?: PlannedNight;
}

/** list shows each audit with its next date and its last verdict. */
export function addAuditList(audit: Command): void {
  const { failed, storage, undecided } = exitCodes;
  const command = audit
    .command('list')
    .description('the audits: next date in the zone of each, last verdict, what is paused or late')
    .addHelpText(
      'after',
      `
Examples:
  eigenfleet audit list --audits s3://data/audits
  eigenfleet audit list --json --audits s3://data/audits

Exit code ${failed}: the last night of an audit failed, or a date is late and nothing has begun it. Else ${storage}: one cannot be read. Else ${undecided}: a last verdict could not be told. Else 0.`,
    )
    .action(async (options: Record<string, unknown>) => {
      process.exitCode = await list(auditCallOf(options));
    });
  addAuditOptions(command);
}

/** A misspelled home would read as one without audits, which is healthy. Throws `usage`; below a bucket nothing tells them apart. */
async function assertHome({ uri }: AuditCall['home']): Promise<void> {
  const folder = localPathOf(uri);
  if (folder === undefined) return;
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return;
  const what = found === undefined ? 'There is no folder' : 'A file, not a folder, is';
  throw new EigenfleetError(
    'usage',
    `${what} at ${folder}. Check --audits; "eigenfleet audit sync FOLDER" makes one.`,
  );
}

/** Returns the exit code. */
async function list(call: AuditCall): Promise<number> {
  const { home, terminal, json } = call;
  const stored = await listAudits(home);
  const broken = [...stored.broken];
  const audits: ListedAudit[] = [];
  for (const one of stored.audits) {
    try {
      audits.push(await listed(one, call));
    } catch (error) {
      if (!(error instanceof EigenfleetError)) throw error;
      broken.push({ name: one.audit.name, sentence: error.message });
    }
  }
  for (const { sentence } of broken) terminal.warn(sentence);
  if (json) terminal.print(documentOf(audits, broken, call));
  else for (const one of audits) printAudit(one, call);
  if (audits.length === 0 && broken.length === 0) await assertHome(home);
  if (!json && audits.length === 0 && broken.length === 0) {
    terminal.print(
      `There are no audits in ${placeOf(home.uri)}. Add some: eigenfleet audit sync FOLDER`,
    );
  }
  return codeOf(audits, broken);
}

async function listed(stored: StoredAudit, { home, now }: AuditCall): Promise<ListedAudit> {
  const { audit, pausedSince } = stored;
  const nights = await listNights(home, audit.name, enoughNights);
  const status = auditStatus(stored, nights, now);
  const next = pausedSince === undefined ? nextNight(audit, lastDateOf(nights), now) : undefined;
  return { ...stored, status, ...(next !== undefined && { next }) };
}

function printAudit(
  { audit, pausedSince, status, next }: ListedAudit,
  { terminal }: AuditCall,
): void {
  const { bold, dim, red, yellow } = terminal.colors;
  const { latest, current, overdue } = status;
  const zone = timeZoneOf(audit.timeZone);
  const when =
    next === undefined ? 'no date within five years' : `next ${zonedTime(next.at, zone)}`;
  const paused =
    pausedSince === undefined
      ? when
      : yellow(`paused since ${zonedTime(new Date(pausedSince), zone)}`);
  const mark = latest === undefined ? dim('·') : nightMark(latest, terminal);
  terminal.print(`${mark} ${bold(audit.name)}  ${paused}`);
  const last = latest === undefined ? 'no night yet' : `${latest.key} ${nightWords(latest)}`;
  terminal.print(`    ${oneLine(last)}`);
  const untold = latest && untoldWords(latest);
  if (untold !== undefined) terminal.print(`    ${yellow(untold)}`);
  if (current !== undefined)
    terminal.print(`    ${oneLine(`${current.key} ${nightWords(current)}`)}`);
  if (overdue !== undefined) terminal.print(`    ${red(oneLine(`late: ${overdue}`))}`);
}

function documentOf(
  audits: readonly ListedAudit[],
  broken: readonly BrokenAudit[],
  { home }: AuditCall,
): string {
  const listed = audits.map(({ audit, pausedSince, status, next }) => {
    const { name, cron, timeZone, addedAt } = audit;
    const { latest, current, overdue } = status;
    return { name, cron, timeZone, addedAt, pausedSince, next, latest, current, overdue };
  });
  const document = { schema: 'audits@1', home: home.uri, audits: listed, broken };
  return JSON.stringify(document, undefined, 2);
}

function codeOf(audits: readonly ListedAudit[], broken: readonly BrokenAudit[]): number {
  const failing = audits.some(
    ({ status: { latest, verdict, overdue } }) =>
      overdue !== undefined || latest?.status === 'failed' || verdict === -1,
  );
  if (failing) return exitCodes.failed;
  if (broken.length > 0) return exitCodes.storage;
  return audits.some(({ status: { verdict } }) => verdict === 0) ? exitCodes.undecided : 0;
}
