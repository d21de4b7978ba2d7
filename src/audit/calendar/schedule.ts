import { EigenfleetError } from '../../shared/errors.ts';
import { type DailyPattern, readPattern } from './daily-pattern.ts';
import { dateOf, dayOf, wallTime } from './local-date.ts';
import { type TimeZone, timeZoneOf, type WallKind } from './time-zone.ts';

/** What becomes of dates that passed while nothing could start: the last one, each of them, or none. */
export const catchUps = ['latest', 'all', 'none'] as const;
export type CatchUp = (typeof catchUps)[number];

/** When an audit runs; its part of `audit@1`. */
export interface Schedule {
  /** Five fields, in local time. */
  readonly cron: string;
  /** IANA. */
  readonly timeZone: string;
  readonly catchUp: CatchUp;
  /** Older dates are not caught up. */
  readonly maxAgeHours: number;
  /** ISO 8601. Earlier times are nobody's. */
  readonly scheduledAt: string;
}

/** A date on which an audit runs. */
export interface PlannedNight {
  /** In the audit's zone: `2026-11-30`. */
  readonly date: string;
  /** The pattern's time of that date: the first of two, and of a time that the clocks jump over the first instant after the gap. */
  readonly at: Date;
  readonly kind: WallKind;
}

/** A pattern in a zone. */
export class Calendar {
  readonly pattern: DailyPattern;
  readonly zone: TimeZone;

  /** @throws EigenfleetError `usage` for a pattern or a zone that is none. */
  constructor({ cron, timeZone }: Pick<Schedule, 'cron' | 'timeZone'>) {
    const read = readPattern(cron);
    if (read.status === 'wrong') throw new EigenfleetError('usage', `The pattern ${read.fault}`);
    this.pattern = read.pattern;
    this.zone = timeZoneOf(timeZone);
  }

  nightOf(date: string): PlannedNight {
    return { date, ...this.zone.instantOf(wallTime(dayOf(date), this.pattern.minuteOfDay)) };
  }

  /**
   * Nights whose time is after an instant, for five years.
   *
   * @param lastDate Only nights of later dates.
   */
  *nightsAfter(instant: Date, lastDate?: string): Generator<PlannedNight> {
    // From the date before: of a time before midnight that the clocks jump over, the instant is of the next date.
    const first = dayOf(this.zone.dateAt(instant)) - 1;
    const next = lastDate === undefined ? first : Math.max(first, dayOf(lastDate) + 1);
    for (const date of this.pattern.datesFrom(dateOf(next))) {
      const night = this.nightOf(date);
      if (night.at > instant) yield night;
    }
  }
}
