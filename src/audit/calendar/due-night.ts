/** A date on which an audit runs. */
export interface PlannedNight {
  /** In the audit's zone: `2026-11-30`. */
  readonly date: string;
  /** The pattern's time of that date: the first of two, and of a time that the zone leaves out the first instant after the gap. */
  readonly at: Date;
}

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
