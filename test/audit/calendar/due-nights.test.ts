import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dueNights, nextNight } from '../../../src/audit/calendar/due-nights.ts';
import { Calendar, type Schedule } from '../../../src/audit/calendar/schedule.ts';

const nightly: Schedule = {
  cron: '30 2 * * *',
  timeZone: 'Europe/Berlin',
  catchUp: 'latest',
  maxAgeHours: 48,
  scheduledAt: '2026-03-01T12:00:00Z',
};

describe('the nights that are due', () => {
  it('are one at its time, and none before it or once it has a record', () => {
    assert.deepEqual(due(nightly, '2026-03-09', '2026-03-10T01:29:59Z'), []);
    assert.deepEqual(due(nightly, '2026-03-09', '2026-03-10T01:30:00Z'), ['2026-03-10 schedule']);
    assert.deepEqual(due(nightly, '2026-03-10', '2026-03-10T01:30:00Z'), []);
  });

  it('are nobody’s before the audit was scheduled', () => {
    const late = { ...nightly, scheduledAt: '2026-03-10T01:30:00Z' };
    assert.deepEqual(dueNights(late, undefined, new Date('2026-03-10T05:00:00Z')), {
      due: [],
      missed: [],
    });
    assert.equal(nextNight(late, undefined, new Date('2026-03-10T01:00:00Z'))?.date, '2026-03-11');
  });

  for (const [zone, cron, nights] of [
    ['Europe/Berlin', '30 2 * * *', ['2026-03-29', '2026-10-25']],
    ['America/New_York', '30 1 * * *', ['2026-03-08', '2026-11-01']],
    ['America/New_York', '30 2 * * *', ['2026-03-08', '2026-11-01']],
    ['Australia/Lord_Howe', '0 2 * * *', ['2026-10-04', '2026-04-05']],
    ['Australia/Lord_Howe', '45 1 * * *', ['2026-10-04', '2026-04-05']],
    ['Africa/Cairo', '0 0 * * *', ['2026-04-24', '2026-10-30']],
    ['America/Nuuk', '30 22 * * *', ['2026-03-28', '2026-10-24']],
    ['Antarctica/Troll', '30 2 * * *', ['2026-03-29', '2026-10-25']],
  ] as const) {
    it(`are exactly one on each night when clocks change in ${zone}, asked every ten minutes (${cron})`, () => {
      for (const night of nights) {
        const schedule = { ...nightly, cron, timeZone: zone, scheduledAt: daysFrom(night, -2) };
        const begun = nightsBegun(schedule, {
          from: daysFrom(night, -1),
          to: daysFrom(night, 1.5),
        });
        assert.deepEqual(
          begun.filter((date) => date === night),
          [night],
        );
        assert.deepEqual([...new Set(begun)], begun);
      }
    });
  }

  it('of several late ones are the last alone, and the others are missed with the reason', () => {
    const { due: found, missed } = dueNights(
      nightly,
      '2026-03-06',
      new Date('2026-03-10T08:00:00Z'),
    );
    assert.deepEqual(
      found.map(({ date, trigger }) => `${date} ${trigger}`),
      ['2026-03-10 catch-up'],
    );
    assert.deepEqual(
      missed.map(({ date, reason }) => `${date} ${reason}`),
      [
        '2026-03-07 Nothing could begin it for 78 hours, longer than maxAgeHours: 48.',
        '2026-03-08 Nothing could begin it for 54 hours, longer than maxAgeHours: 48.',
        '2026-03-09 Nothing could begin it for 30 hours, and of several late dates only the last is caught up (catchUp: latest).',
      ],
    );
  });

  it('are each of the late ones where all are caught up, up to the age', () => {
    const all = { ...nightly, catchUp: 'all', maxAgeHours: 60 } as const;
    assert.deepEqual(due(all, '2026-03-06', '2026-03-10T08:00:00Z'), [
      '2026-03-08 catch-up',
      '2026-03-09 catch-up',
      '2026-03-10 catch-up',
    ]);
  });

  it('are none of the late ones where none is caught up, later than a quarter of an hour', () => {
    const none = { ...nightly, catchUp: 'none' } as const;
    assert.deepEqual(due(none, '2026-03-09', '2026-03-10T01:45:00Z'), ['2026-03-10 schedule']);
    assert.deepEqual(due(none, '2026-03-09', '2026-03-10T01:45:01Z'), []);
    const { missed } = dueNights(none, '2026-03-09', new Date('2026-03-10T01:46:00Z'));
    assert.equal(
      missed[0]?.reason,
      'Nothing could begin it for 16 minutes, and late dates are not caught up (catchUp: none).',
    );
  });

  it('are the latest of a weekly audit only while it is young enough', () => {
    const weekly = { ...nightly, cron: '0 3 * * 1' };
    assert.deepEqual(due(weekly, '2026-03-02', '2026-03-10T08:00:00Z'), ['2026-03-09 catch-up']);
    assert.deepEqual(due(weekly, '2026-03-02', '2026-03-12T08:00:00Z'), []);
  });

  it('never go back to a date that has a record, where the zone was moved to the west', () => {
    const moved = { ...nightly, timeZone: 'Pacific/Honolulu', scheduledAt: '2026-03-10T03:00:00Z' };
    assert.deepEqual(due(moved, '2026-03-10', '2026-03-10T12:30:00Z'), []);
    assert.equal(
      nextNight(moved, '2026-03-10', new Date('2026-03-10T03:00:00Z'))?.date,
      '2026-03-11',
    );
  });
});

describe('a calendar', () => {
  it('has one night for each of its dates of 13 months, in order', () => {
    for (const timeZone of [
      'Europe/Berlin',
      'Australia/Lord_Howe',
      'Africa/Cairo',
      'America/Nuuk',
    ]) {
      for (const cron of ['0 0 * * *', '30 2 * * 1-5', '30 23 1-7 * 1', '15 22 L * *']) {
        const calendar = new Calendar({ cron, timeZone });
        const end = new Date('2027-01-15T00:00:00Z');
        const nights = [];
        for (const night of calendar.nightsAfter(new Date('2025-12-14T23:59:00Z'))) {
          if (night.at > end) break;
          nights.push(night);
        }
        const dates = [...calendar.pattern.datesFrom(nights[0]?.date ?? '')];
        assert.ok(nights.length >= 13);
        assert.deepEqual(
          nights.map(({ date }) => date),
          dates.slice(0, nights.length),
        );
        for (const [index, { at }] of nights.entries())
          assert.ok(
            index === 0 || at > (nights[index - 1]?.at ?? at),
            `${timeZone} ${cron} ${at.toISOString()}`,
          );
      }
    }
  });
});

function due(schedule: Schedule, lastDate: string, now: string): string[] {
  return dueNights(schedule, lastDate, new Date(now)).due.map(
    ({ date, trigger }) => `${date} ${trigger}`,
  );
}

/** The dates begun by a coordinator that asks every ten minutes and writes down what it begins. */
function nightsBegun(schedule: Schedule, { from, to }: { from: string; to: string }): string[] {
  const begun: string[] = [];
  let last: string | undefined;
  for (let now = Date.parse(from); now < Date.parse(to); now += 600_000) {
    const found = dueNights(schedule, last, new Date(now));
    for (const { date } of found.due) {
      begun.push(date);
      last = date;
    }
    assert.ok(found.missed.length === 0 || last === undefined);
    last ??= found.missed.at(-1)?.date;
  }
  return begun;
}

function daysFrom(date: string, days: number): string {
  return new Date(Date.parse(`${date}T12:00:00Z`) + days * 86_400_000).toISOString();
}
