/** What tells the time. Whatever depends on it takes one, so that a week of nights is tried in seconds. */
export interface Clock {
  now(): Date;
}

/** The time of this machine. */
export const machineClock: Clock = { now: () => new Date() };
