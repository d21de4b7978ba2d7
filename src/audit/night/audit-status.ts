import { dueNights } from '../calendar/due-nights.ts';
import type { StoredAudit } from '../home/stored-audits.ts';
import type { Night } from './night.ts';
import { hasPassed, inOrder, lastDateOf, openNight } from './night-history.ts';

/** A date whose night has not begun so long after its time raises an alarm. */
export const overdueMs = 5 * 60_000;

/** How an audit stands. */
export interface AuditStatus {
  readonly name: string;
  readonly isPaused: boolean;
  /** The night that is under way. */
  readonly current?: Night;
  /** The last night that was closed, or failed. */
  readonly latest?: Night;
  /** Of the latest: 1 passed, 0 could not be told, -1 failed by a rule. */
  readonly verdict?: 1 | 0 | -1;
  /** When a night was last closed, whatever its verdict; before the first one, when the audit was added. */
  readonly lastSuccessAt: Date;
  /** A sentence on the night that should have begun. */
  readonly overdue?: string;
}

/** @throws EigenfleetError `usage` for an audit whose schedule is none. */
export function auditStatus(
  { audit, pausedSince }: StoredAudit,
  nights: readonly Night[],
  now: Date,
): AuditStatus {
  const ordered = inOrder(nights);
  const current = openNight(nights);
  const latest = ordered.findLast(({ status }) => status === 'closed' || status === 'failed');
  const success = ordered.findLast(({ status }) => status === 'closed');
  const overdue = pausedSince === undefined ? overdueOf(audit, nights, now) : undefined;
  return {
    name: audit.name,
    isPaused: pausedSince !== undefined,
    ...(current && { current }),
    ...(latest && { latest, verdict: verdictOf(latest) }),
    lastSuccessAt: new Date(success?.closedAt ?? audit.addedAt),
    ...(overdue !== undefined && { overdue }),
  };
}

function verdictOf(night: Night): 1 | 0 | -1 {
  if (night.verdict?.outcome === 'fail') return -1;
  return hasPassed(night) ? 1 : 0;
}

function overdueOf(
  audit: StoredAudit['audit'],
  nights: readonly Night[],
  now: Date,
): string | undefined {
  const isLate = (at: Date) => now.getTime() - at.getTime() > overdueMs;
  const open = openNight(nights);
  if (open?.status === 'due' && open.error !== undefined && isLate(new Date(open.dueAt))) {
    return `The night ${open.key} of audit ${audit.name} cannot be planned: ${open.error.sentence}`;
  }
  const { due, missed } = dueNights(audit, lastDateOf(nights), now);
  // A missed date without a record: nobody is there who would write it.
  const [first] = [...missed, ...due];
  if (first === undefined || !isLate(first.at)) return undefined;
  const should = `The night of ${first.date} of audit ${audit.name} should have begun at ${first.at.toISOString()}`;
  return open === undefined
    ? `${should}, and nothing has begun it.`
    : `${should}, and waits for that of ${open.key}, which is not finished.`;
}
