const msOfDay = 86_400_000;

/** Days from 1970-01-01 to a date such as `2026-11-30`. Dates have no zone and no hours, so a day has always the same length here. */
export function dayOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / msOfDay;
}

/** The date so many days from 1970-01-01: `2026-11-30`. */
export function dateOf(day: number): string {
  return new Date(day * msOfDay).toISOString().slice(0, 10);
}

/** A wall-clock time as if it were UTC, in milliseconds. */
export function wallTime(day: number, minuteOfDay: number): number {
  return day * msOfDay + minuteOfDay * 60_000;
}
