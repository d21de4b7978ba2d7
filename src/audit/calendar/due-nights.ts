import { wholeNumber } from '../../report/words/wording.ts';
import { Calendar, type PlannedNight, type Schedule } from './schedule.ts';

const minute = 60_000;
const hour = 60 * minute;

/** A night that begins within this time of its date's is on time; later it is caught up. A coordinator may be replaced meanwhile. */
export const onTimeMs = 15 * minute;

/** One that must begin now. */
export interface DueNight extends PlannedNight {
  readonly trigger: 'schedule' | 'catch-up';
}

/** One that will not run any more. */
export interface MissedNight extends PlannedNight {
  /** A sentence. */
  readonly reason: string;
}

/** What the calendar says at one moment. */
export interface DueNights {
  /** The oldest first. */
  readonly due: readonly DueNight[];
  readonly missed: readonly MissedNight[];
}

/**
 * Which dates of an audit must begin now, and which are lost, by what storage has of it.
 *
 * @param lastDate The last local date that has a record, whatever became of it; a date has at most one night.
 * @throws EigenfleetError `usage` for a schedule that is none.
 */
export function dueNights(schedule: Schedule, lastDate: string | undefined, now: Date): DueNights {
  const passed = passedNights(schedule, lastDate, now);
  const due: DueNight[] = [];
  const missed: MissedNight[] = [];
  for (const [index, night] of passed.entries()) {
    const lateMs = now.getTime() - night.at.getTime();
    const reason = reasonOf(schedule, { lateMs, isLatest: index === passed.length - 1 });
    if (reason === undefined)
      due.push({ ...night, trigger: lateMs <= onTimeMs ? 'schedule' : 'catch-up' });
    else missed.push({ ...night, reason });
  }
  return { due, missed };
}

/** The next night after now that has no record yet; `undefined` where there is none within five years. */
export function nextNight(
  schedule: Schedule,
  lastDate: string | undefined,
  now: Date,
): PlannedNight | undefined {
  const scheduled = new Date(schedule.scheduledAt);
  const since = scheduled > now ? scheduled : now;
  for (const night of new Calendar(schedule).nightsAfter(since, lastDate)) return night;
  return undefined;
}

function passedNights(schedule: Schedule, lastDate: string | undefined, now: Date): PlannedNight[] {
  const passed: PlannedNight[] = [];
  const since = new Date(schedule.scheduledAt);
  for (const night of new Calendar(schedule).nightsAfter(since, lastDate)) {
    if (night.at > now) break;
    passed.push(night);
  }
  return passed;
}

/** Why a night is lost; `undefined` for one that must begin. */
function reasonOf(
  { catchUp, maxAgeHours }: Schedule,
  { lateMs, isLatest }: { readonly lateMs: number; readonly isLatest: boolean },
): string | undefined {
  if (lateMs <= onTimeMs && isLatest) return undefined;
  const late = `Nothing could begin it for ${lateWords(lateMs)}`;
  if (catchUp === 'none') return `${late}, and late dates are not caught up (catchUp: none).`;
  if (lateMs > maxAgeHours * hour) return `${late}, longer than maxAgeHours: ${maxAgeHours}.`;
  if (catchUp === 'latest' && !isLatest) {
    return `${late}, and of several late dates only the last is caught up (catchUp: latest).`;
  }
  return undefined;
}

function lateWords(lateMs: number): string {
  if (lateMs < 2 * hour) return `${Math.floor(lateMs / minute)} minutes`;
  return `${wholeNumber(Math.floor(lateMs / hour))} hours`;
}
