import { EigenfleetError } from '../../shared/errors.ts';
import { neverFault } from './daily-pattern.ts';
import { Calendar, type PlannedNight, type Schedule } from './schedule.ts';

/** 13 months: both changes of clocks of a year, and the same nights a year later. */
const oddDays = 396;
const msOfDay = 86_400_000;

/** What a person is shown of a schedule before it is left alone. */
export interface ComingNights {
  readonly timeZone: string;
  /** The pattern names days of the month and of the week, and takes a date that is either. */
  readonly eitherDay: boolean;
  /** The next five. */
  readonly next: readonly PlannedNight[];
  /** Those of the coming 13 months whose time does not exist, or exists twice. */
  readonly odd: readonly PlannedNight[];
}

/** @throws EigenfleetError `usage` for a schedule that is none, or whose pattern names no date within five years. */
export function comingNights(
  schedule: Pick<Schedule, 'cron' | 'timeZone'>,
  now: Date,
): ComingNights {
  const calendar = new Calendar(schedule);
  const next: PlannedNight[] = [];
  const odd: PlannedNight[] = [];
  const end = now.getTime() + oddDays * msOfDay;
  for (const night of calendar.nightsAfter(now)) {
    if (next.length < 5) next.push(night);
    else if (night.at.getTime() >= end) break;
    if (night.kind !== 'once' && night.at.getTime() < end) odd.push(night);
  }
  if (next.length === 0)
    throw new EigenfleetError('usage', `The pattern ${neverFault(schedule.cron)}`);
  const { zone, pattern } = calendar;
  return { timeZone: zone.name, eitherDay: pattern.eitherDay, next, odd };
}
