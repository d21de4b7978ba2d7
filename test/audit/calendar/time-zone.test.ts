import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { dateOf, dayOf, wallTime } from '../../../src/audit/calendar/local-date.ts';
import { readTimeZone, TimeZone, timeZoneOf } from '../../../src/audit/calendar/time-zone.ts';
import { repositoryText } from '../../support/repository-files.ts';

interface GoldenNights {
  readonly first: string;
  readonly days: number;
  readonly times: readonly string[];
  readonly zones: Readonly<
    Record<string, { readonly odd: readonly string[]; readonly sha256: string }>
  >;
}

describe('a time zone', () => {
  const { first, days, times, zones }: GoldenNights = JSON.parse(
    repositoryText('test/golden/calendar/nights.json'),
  );

  it('turns 14 nightly times of 13 months into the instants of Python, in 36 zones, each later than the one before', () => {
    for (const [name, expected] of Object.entries(zones)) {
      const zone = new TimeZone(name);
      const lines: string[] = [];
      for (const time of times) {
        let before = Number.NEGATIVE_INFINITY;
        for (let day = dayOf(first); day < dayOf(first) + days; day++) {
          const { at, kind } = zone.instantOf(wallTime(day, minuteOf(time)));
          if (at.getTime() <= before) assert.fail(`${name} ${time} ${dateOf(day)}`);
          before = at.getTime();
          lines.push(`${time} ${dateOf(day)} ${stamp(at)} ${kind}`);
        }
      }
      assert.deepEqual(
        lines.filter((line) => !line.endsWith('once')),
        expected.odd,
        name,
      );
      assert.equal(
        createHash('sha256').update(lines.join('\n')).digest('hex'),
        expected.sha256,
        name,
      );
    }
  });

  it('begins a night that the clocks jump over as soon as they have jumped', () => {
    const found = (zone: string, wall: string) => stamp(instantOf(zone, wall).at);
    assert.equal(found('Europe/Berlin', '2026-03-29T02:30'), '2026-03-29T01:00:00Z');
    assert.equal(found('America/New_York', '2026-03-08T02:30'), '2026-03-08T07:00:00Z');
    // By half an hour: 02:00 becomes 02:30.
    assert.equal(found('Australia/Lord_Howe', '2026-10-04T02:15'), '2026-10-03T15:30:00Z');
    // At midnight: 00:00 becomes 01:00.
    assert.equal(found('Africa/Cairo', '2026-04-24T00:00'), '2026-04-23T22:00:00Z');
    assert.equal(found('America/Havana', '2026-03-08T00:30'), '2026-03-08T05:00:00Z');
    assert.equal(found('America/Santiago', '2026-09-06T00:00'), '2026-09-06T04:00:00Z');
    // By two hours: 01:00 becomes 03:00.
    assert.equal(found('Antarctica/Troll', '2026-03-29T02:30'), '2026-03-29T01:00:00Z');
  });

  it('begins a night that comes twice the first time', () => {
    const found = (zone: string, wall: string) => {
      const { at, kind } = instantOf(zone, wall);
      return `${stamp(at)} ${kind}`;
    };
    assert.equal(found('Europe/Berlin', '2026-10-25T02:30'), '2026-10-25T00:30:00Z twice');
    assert.equal(found('America/New_York', '2026-11-01T01:30'), '2026-11-01T05:30:00Z twice');
    assert.equal(found('Australia/Lord_Howe', '2026-04-05T01:45'), '2026-04-04T14:45:00Z twice');
    assert.equal(found('Australia/Lord_Howe', '2026-04-05T02:00'), '2026-04-04T15:30:00Z once');
    assert.equal(found('Antarctica/Troll', '2026-10-25T02:30'), '2026-10-25T00:30:00Z twice');
  });

  it('has the date of its clocks, also beside a new year', () => {
    assert.equal(
      timeZoneOf('Pacific/Kiritimati').dateAt(new Date('2026-12-31T10:00:00Z')),
      '2027-01-01',
    );
    assert.equal(
      timeZoneOf('America/New_York').dateAt(new Date('2027-01-01T04:59:59Z')),
      '2026-12-31',
    );
    assert.equal(stamp(instantOf('Asia/Tokyo', '2027-01-01T00:00').at), '2026-12-31T15:00:00Z');
    assert.equal(
      stamp(instantOf('America/New_York', '2026-12-31T23:30').at),
      '2027-01-01T04:30:00Z',
    );
  });

  it('is a name of the IANA database, in any case', () => {
    assert.equal(timeZoneOf('europe/berlin').name, 'Europe/Berlin');
    for (const name of ['UTC', 'US/Eastern', 'Asia/Kolkata', 'Etc/GMT+2', 'CET'])
      assert.equal(readTimeZone(name).status, 'read', name);
  });

  it('is neither an offset nor an abbreviation, and a name that is nearly right is named', () => {
    for (const name of ['+02:00', 'GMT+2', 'UTC+2', 'PST', 'IST', 'SystemV/PST8', 'local', '', 'Z'])
      assert.equal(readTimeZone(name).status, 'wrong', name);
    assert.throws(() => timeZoneOf('Europe/Berln'), {
      message:
        '"Europe/Berln" is not a time zone that Node knows. Did you mean Europe/Berlin or Europe/Dublin or Europe/Jersey?',
    });
    assert.throws(() => timeZoneOf('UTC+2'), {
      message:
        '"UTC+2" is not the name of a time zone. Write UTC or a name of the IANA database, such as Europe/Berlin or America/New_York.',
    });
  });
});

function instantOf(zone: string, wall: string) {
  return timeZoneOf(zone).instantOf(Date.parse(`${wall}:00Z`));
}

function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

function stamp(at: Date): string {
  return at.toISOString().replace('.000Z', 'Z');
}
