import { CronExpressionParser } from 'cron-parser';
import { dateOf, dayOf, wallTime } from './local-date.ts';

type CronExpression = ReturnType<typeof CronExpressionParser.parse>;

/** Days of five years, among them 29 February. */
const mostDays = 5 * 366;

const example = 'such as "30 2 * * *" for each night at 02:30';

const fields = [
  { name: 'minute', values: '0 to 59' },
  { name: 'hour', values: '0 to 23' },
  { name: 'day of the month', values: '1 to 31, or L for the last' },
  { name: 'month', values: '1 to 12, or JAN to DEC' },
  {
    name: 'day of the week',
    values: '0 to 7, SUN to SAT, 5#3 for the third Friday or 5L for the last',
  },
] as const;

const nicknames: Readonly<Record<string, string>> = {
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@weekdays': '0 0 * * 1-5',
};

export type ReadPattern =
  | { readonly status: 'read'; readonly pattern: DailyPattern }
  /** `fault` completes the name of the place; `at`: the character it is about, from 0. */
  | { readonly status: 'wrong'; readonly fault: string; readonly at: number };

/**
 * A cron pattern that fires at most once a date: one minute, one hour, and the dates that its other three fields name. Fields are read by cron-parser; it is asked of dates
 * in UTC only, since its own arithmetic loses nights where clocks change at midnight or by half an hour.
 */
export class DailyPattern {
  readonly text: string;
  readonly minuteOfDay: number;
  /** Both fields of days are set: a date that either names is one. */
  readonly eitherDay: boolean;
  readonly #expression: CronExpression;

  constructor(text: string, expression: CronExpression) {
    const { hour, minute, dayOfMonth, dayOfWeek } = expression.fields;
    this.text = text;
    this.minuteOfDay = (hour.values[0] ?? 0) * 60 + (minute.values[0] ?? 0);
    this.eitherDay = !dayOfMonth.isWildcard && !dayOfWeek.isWildcard;
    this.#expression = expression;
  }

  /** `02:30`. */
  get time(): string {
    return new Date(wallTime(0, this.minuteOfDay)).toISOString().slice(11, 16);
  }

  has(date: string): boolean {
    const wall = new Date(wallTime(dayOf(date), this.minuteOfDay));
    const months: readonly number[] = this.#expression.fields.month.values;
    // Of a yearly pattern most dates need no calendar.
    return months.includes(wall.getUTCMonth() + 1) && this.#expression.includesDate(wall);
  }

  /** Dates from one on (inclusive), for five years. */
  *datesFrom(date: string): Generator<string> {
    const first = dayOf(date);
    for (let day = first; day < first + mostDays; day++) {
      if (this.has(dateOf(day))) yield dateOf(day);
    }
  }
}

/** Patterns that were read: a coordinator asks for the same ones again and again, and the parser takes a fifth of a millisecond. */
const known = new Map<string, ReadPattern>();
const mostKnown = 256;

/** Reads a pattern of five fields. That a date ever comes is not said by that: see `neverFault`. */
export function readPattern(text: string): ReadPattern {
  const before = known.get(text);
  if (before !== undefined) return before;
  if (known.size >= mostKnown) known.clear();
  const read = newPattern(text);
  known.set(text, read);
  return read;
}

function newPattern(text: string): ReadPattern {
  const nickname = /^\s*(@\S*)/.exec(text)?.[1];
  if (nickname !== undefined) return wrong(nicknameFault(nickname));
  const parts = [...text.matchAll(/\S+/g)];
  if (parts.length !== 5) return wrong(countFault(parts.length));
  const odd = fields.findIndex((_, index) => !isField(parts[index]?.[0] ?? '', index));
  if (odd >= 0) return wrong(fieldFault(odd, parts[odd]?.[0] ?? ''), parts[odd]?.index);
  const expression = parsed(text.trim());
  if (expression === undefined) return wrong(neverFault(text));
  const { hour, minute } = expression.fields;
  const times = hour.values.length * minute.values.length;
  if (times > 1) {
    const fault = `fires ${times} times a day, and an audit runs at most once a day: write one minute and one hour, ${example}.`;
    return wrong(fault, parts[minute.values.length > 1 ? 0 : 1]?.index);
  }
  return { status: 'read', pattern: new DailyPattern(text.trim(), expression) };
}

/** What to say of a pattern that names no date within five years. */
export function neverFault(text: string): string {
  return `names no date within five years: ${JSON.stringify(text.trim())} asks for a day that its months do not have.`;
}

function wrong(fault: string, at = 0): ReadPattern {
  return { status: 'wrong', fault, at };
}

function nicknameFault(nickname: string): string {
  const same = nicknames[nickname.toLowerCase()];
  if (same !== undefined)
    return `is ${JSON.stringify(nickname)}: write its five fields, ${JSON.stringify(same)}.`;
  return `is ${JSON.stringify(nickname)}: write five fields, ${example}.`;
}

function countFault(count: number): string {
  const seconds = count === 6 ? ' Seconds are not taken.' : '';
  return `has ${count} ${count === 1 ? 'field' : 'fields'}: write five (minute, hour, day of the month, month, day of the week), ${example}.${seconds}`;
}

function fieldFault(index: number, text: string): string {
  const { name, values } = fields[index] ?? fields[0];
  if (isByChance(text)) {
    return `has the ${name} ${JSON.stringify(text)}, which is drawn by chance: write the ${name} itself, ${values}.`;
  }
  return `has the ${name} ${JSON.stringify(text)}, which is not one: write ${values}.`;
}

/** Whether one field can be read, the others being any. */
function isField(text: string, index: number): boolean {
  if (isByChance(text)) return false;
  const parts = ['0', '0', '*', '*', '*'];
  parts[index] = text;
  return parsed(parts.join(' ')) !== undefined;
}

/** Whether the parser would draw a value: at each question another one. THU is a day. */
function isByChance(text: string): boolean {
  return /H/i.test(text.replaceAll(/[A-Z]{3}/gi, ''));
}

/** `undefined` for what the parser refuses. */
function parsed(text: string): CronExpression | undefined {
  try {
    return CronExpressionParser.parse(text, { tz: 'UTC', currentDate: new Date(0) });
  } catch {
    return undefined;
  }
}
