import type { ComingNights } from './coming-nights.ts';
import type { PlannedNight, Schedule } from './schedule.ts';
import { Calendar } from './schedule.ts';
import { type TimeZone, timeZoneOf } from './time-zone.ts';

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** `Tue 2026-12-01 02:30 (01:30 UTC)`: an instant as clocks of a zone show it. */
export function zonedTime(at: Date, zone: TimeZone): string {
  const wall = new Date(zone.wallAt(at.getTime()));
  const local = `${weekdays[wall.getUTCDay()]} ${minuteText(wall)}`;
  return zone.name === 'UTC' ? `${local} UTC` : `${local} (${utcTime(at, wall)} UTC)`;
}

/** What a person should see of a schedule, a line each. */
export function comingLines(
  schedule: Pick<Schedule, 'cron' | 'timeZone'>,
  coming: ComingNights,
): string[] {
  const zone = timeZoneOf(coming.timeZone);
  const { pattern } = new Calendar(schedule);
  const either = coming.eitherDay
    ? [
        `either day: ${JSON.stringify(pattern.text)} takes a date that its day of the month or its day of the week names`,
      ]
    : [];
  return [
    ...either,
    ...coming.next.map(
      ({ at }, index) => `${index === 0 ? 'next' : 'then'} ${zonedTime(at, zone)}`,
    ),
    ...coming.odd.map((night) => oddWords(night, pattern.time, zone)),
  ];
}

/** `2027-03-28: clocks in Europe/Berlin jump over 02:30, so it begins at 03:00 (01:00 UTC)`. */
function oddWords({ date, at, kind }: PlannedNight, time: string, zone: TimeZone): string {
  const wall = new Date(zone.wallAt(at.getTime()));
  // Of a gap that ends at midnight, the next date.
  const local = minuteText(wall).replace(`${date} `, '');
  const begins = zone.name === 'UTC' ? local : `${local} (${utcTime(at, wall)} UTC)`;
  if (kind === 'twice')
    return `${date}: clocks in ${zone.name} show ${time} twice, so it begins at the first ${begins}`;
  return `${date}: clocks in ${zone.name} jump over ${time}, so it begins at ${begins}`;
}

/** The time, with its date where that is another one. */
function utcTime(at: Date, wall: Date): string {
  const text = minuteText(at);
  return text.slice(0, 10) === minuteText(wall).slice(0, 10) ? text.slice(11) : text;
}

/** `2026-12-01 02:30`, of a date that is read as UTC. */
function minuteText(date: Date): string {
  return date.toISOString().slice(0, 16).replace('T', ' ');
}
