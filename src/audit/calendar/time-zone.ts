import { EigenfleetError } from '../../shared/errors.ts';
import { nearNames } from '../../shared/settings/near-names.ts';

const second = 1000;
const hour = 3600 * second;
const day = 24 * hour;
const week = 7 * day;

/** `missing`: the clocks jump over it. `twice`: they come back to it. */
export type WallKind = 'once' | 'missing' | 'twice';

export interface WallInstant {
  /** The first of two; of a time that does not exist the first instant after the gap. */
  readonly at: Date;
  readonly kind: WallKind;
}

/** From `from` (inclusive, ms) clocks show UTC plus `offset` (ms). */
interface Segment {
  readonly from: number;
  readonly offset: number;
}

/**
 * What clocks show in an IANA zone, and when they show it, by the zone data that comes with Node (`process.versions.tz`). Two changes of one zone lie more
 * than a week apart: the closest of the last thirty years, around Ramadan, are a month apart.
 */
export class TimeZone {
  readonly name: string;
  readonly #format: Intl.DateTimeFormat;
  readonly #years = new Map<number, readonly Segment[]>();

  /** @throws RangeError for a name that Node does not know: `readTimeZone` says it in words. */
  constructor(name: string) {
    this.name = name;
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
  }

  /** What clocks show at an instant, in milliseconds as if it were UTC. */
  wallAt(instant: number): number {
    return (
      instant + (this.#segmentsAround(instant).findLast(({ from }) => from <= instant)?.offset ?? 0)
    );
  }

  /** The local date of an instant: `2026-11-30`. */
  dateAt(instant: Date): string {
    return new Date(this.wallAt(instant.getTime())).toISOString().slice(0, 10);
  }

  /**
   * When clocks first show a time, or one after it: so a time that they jump over is the first instant after the gap, and of one that they show twice it is the first.
   *
   * @param wall In milliseconds as if it were UTC.
   */
  instantOf(wall: number): WallInstant {
    const segments = this.#segmentsAround(wall);
    const shown = segments.flatMap(({ from, offset }, index) => {
      const instant = wall - offset;
      const end = segments[index + 1]?.from ?? Number.POSITIVE_INFINITY;
      return from <= instant && instant < end ? [instant] : [];
    });
    const [first] = shown;
    if (first !== undefined)
      return { at: new Date(first), kind: shown.length > 1 ? 'twice' : 'once' };
    const after = segments.find(({ from, offset }) => from + offset > wall);
    return { at: new Date(after?.from ?? wall), kind: 'missing' };
  }

  /** Segments that hold for at least two days before and after an instant or a wall-clock time. */
  #segmentsAround(time: number): readonly Segment[] {
    const year = new Date(time - 2 * day).getUTCFullYear();
    const later = new Date(time + 2 * day).getUTCFullYear();
    const first = this.#segmentsOf(year);
    return later === year ? first : [...first, ...this.#segmentsOf(later).slice(1)];
  }

  /** The segments of a year of UTC and of a few days around it: the first holds from before it. */
  #segmentsOf(year: number): readonly Segment[] {
    const known = this.#years.get(year);
    if (known !== undefined) return known;
    const segments: Segment[] = [];
    const end = Date.UTC(year + 1, 0, 1);
    let before = Date.UTC(year, 0, 1);
    segments.push({ from: Number.NEGATIVE_INFINITY, offset: this.#offsetAt(before) });
    while (before < end) {
      const at = Math.min(before + week, end);
      if (this.#offsetAt(at) !== segments.at(-1)?.offset) {
        const from = this.#changeBetween(before, at);
        segments.push({ from, offset: this.#offsetAt(from) });
      }
      before = at;
    }
    this.#years.set(year, segments);
    return segments;
  }

  /** The first whole second at which the offset is that of `after`. */
  #changeBetween(before: number, after: number): number {
    const offset = this.#offsetAt(after);
    let [low, high] = [before, after];
    while (high - low > second) {
      const middle = low + Math.floor((high - low) / (2 * second)) * second;
      if (this.#offsetAt(middle) === offset) high = middle;
      else low = middle;
    }
    return high;
  }

  /** Milliseconds that clocks are ahead of UTC, of an instant on a whole second. */
  #offsetAt(instant: number): number {
    const text = this.#format.format(instant);
    const [month = 1, date = 1, year = 1970, ...time] = text.split(/\D+/).map(Number);
    const [hours = 0, minutes = 0, seconds = 0] = time;
    return Date.UTC(year, month - 1, date, hours, minutes, seconds) - instant;
  }
}

const zones = new Map<string, TimeZone>();

/** Names of the IANA database without a slash. Node also knows abbreviations that are in no database, and that mean different zones to different people. */
const singleNames =
  'CET CST6CDT Cuba EET EST EST5EDT Egypt Eire GB GB-Eire GMT GMT+0 GMT-0 GMT0 Greenwich HST Hongkong Iceland Iran Israel Jamaica Japan Kwajalein Libya MET MST MST7MDT NZ NZ-CHAT Navajo PRC PST8PDT Poland Portugal ROC ROK Singapore Turkey UCT UTC Universal W-SU WET Zulu'.split(
    ' ',
  );

export type ReadTimeZone =
  | { readonly status: 'read'; readonly zone: TimeZone }
  /** `fault` completes the name of the place. */
  | { readonly status: 'wrong'; readonly fault: string };

/** The zone of a name of the IANA database; anything else is `wrong`, also offsets and abbreviations, which know no change of clocks. */
export function readTimeZone(name: string): ReadTimeZone {
  const known = zones.get(name);
  if (known !== undefined) return { status: 'read', zone: known };
  const names = [...Intl.supportedValuesOf('timeZone'), ...singleNames];
  const meant = names.find((one) => one.toLowerCase() === name.toLowerCase()) ?? name;
  if (!singleNames.includes(meant) && !/^(?!SystemV\/)[A-Za-z]+(?:\/[A-Za-z0-9_+-]+)+$/.test(meant))
    return { status: 'wrong', fault: `is not the name of a time zone. ${hintOf(name, names)}` };
  try {
    const zone = new TimeZone(meant);
    zones.set(name, zone);
    return { status: 'read', zone };
  } catch {
    return { status: 'wrong', fault: `is not a time zone that Node knows. ${hintOf(name, names)}` };
  }
}

/** @throws EigenfleetError `usage` */
export function timeZoneOf(name: string): TimeZone {
  const read = readTimeZone(name);
  if (read.status === 'read') return read.zone;
  throw new EigenfleetError('usage', `${JSON.stringify(name)} ${read.fault}`);
}

function hintOf(name: string, names: readonly string[]): string {
  const near = /[/_]|^[A-Za-z]{5,}$/.test(name) ? nearNames(name, names) : [];
  if (near.length > 0) return `Did you mean ${near.join(' or ')}?`;
  return 'Write UTC or a name of the IANA database, such as Europe/Berlin or America/New_York.';
}
