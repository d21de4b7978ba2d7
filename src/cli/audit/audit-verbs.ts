import type { Command } from 'commander';
import { nextNight } from '../../audit/calendar/due-nights.ts';
import { zonedTime } from '../../audit/calendar/night-words.ts';
import { timeZoneOf } from '../../audit/calendar/time-zone.ts';
import { pauseAudit, readAudit, removeAudit, resumeAudit } from '../../audit/home/stored-audits.ts';
import { placeOf } from '../../shared/storage/local-path.ts';
import {
  type AuditCall,
  addAuditOptions,
  auditCallOf,
  neededAudit,
  unknownAudit,
} from './audit-call.ts';

interface AuditVerb {
  readonly name: string;
  readonly description: string;
  readonly notes: string;
  /** Returns what was done: the schema of the JSON document, and a sentence. */
  act(name: string, call: AuditCall): Promise<{ readonly schema: string; readonly words: string }>;
}

const verbs: readonly AuditVerb[] = [
  {
    name: 'pause',
    description: 'begin no night of an audit until it is resumed; one that has begun goes on',
    notes: 'Dates that pass meanwhile are not caught up.',
    act: pause,
  },
  {
    name: 'resume',
    description: 'let a paused audit go on with its next date',
    notes: 'Dates that passed during the pause are not caught up.',
    act: resume,
  },
  {
    name: 'remove',
    description: 'end an audit; its nights and its runs stay',
    notes:
      'Where a folder is synced, delete the file there too: the next sync brings the audit back.',
    act: remove,
  },
];

/** pause, resume and remove take the name of an audit. */
export function addAuditVerbs(audit: Command): void {
  for (const { name, description, notes, act } of verbs) {
    const command = audit
      .command(name)
      .description(description)
      .argument('<name>', 'the name of the audit')
      .addHelpText(
        'after',
        `\nExamples:\n  eigenfleet audit ${name} nightly --audits s3://data/audits\n\n${notes}`,
      )
      .action(async (audit: string, options: Record<string, unknown>) => {
        const call = auditCallOf(options);
        const { schema, words } = await act(audit, call);
        const { json, terminal, home } = call;
        terminal.print(json ? JSON.stringify({ schema, audit, home: home.uri }) : words);
      });
    addAuditOptions(command);
  }
}

async function pause(name: string, { home, now }: AuditCall) {
  const { pausedSince } = await neededAudit(home, name);
  // The first pause counts.
  if (pausedSince === undefined) await pauseAudit(home, name, now);
  const words = `${name} is paused: no night begins by its schedule until "eigenfleet audit resume ${name}".`;
  return { schema: 'paused@1', words };
}

async function resume(name: string, { home, now }: AuditCall) {
  const { audit, pausedSince } = await neededAudit(home, name);
  if (pausedSince !== undefined) await resumeAudit(home, audit, now);
  const next = nextNight(audit, undefined, now);
  const when = next === undefined ? '' : ` Next ${zonedTime(next.at, timeZoneOf(audit.timeZone))}.`;
  const words = pausedSince === undefined ? `${name} was not paused.` : `${name} goes on.`;
  return { schema: 'resumed@1', words: `${words}${when}` };
}

async function remove(name: string, { home }: AuditCall) {
  // One that cannot be read is removed too.
  if ((await readAudit(home, name)).status === 'absent') throw await unknownAudit(home, name);
  await removeAudit(home, name);
  const words = `${name} is removed from ${placeOf(home.uri)}. Its nights and its runs stay.`;
  return { schema: 'removed@1', words };
}
