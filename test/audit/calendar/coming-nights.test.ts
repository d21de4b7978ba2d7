import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { comingNights } from '../../../src/audit/calendar/coming-nights.ts';
import { comingLines } from '../../../src/audit/calendar/night-words.ts';

describe('what a person sees of a schedule', () => {
  it('is the next five dates, in local time and UTC', () => {
    assert.deepEqual(linesOf('0 2 29 2 *', 'Asia/Tokyo', '2026-01-01T00:00:00Z'), [
      'next Tue 2028-02-29 02:00 (2028-02-28 17:00 UTC)',
    ]);
    assert.deepEqual(linesOf('30 2 * * MON', 'UTC', '2025-12-29T02:30:00Z').slice(0, 2), [
      'next Mon 2026-01-05 02:30 UTC',
      'then Mon 2026-01-12 02:30 UTC',
    ]);
    assert.equal(linesOf('30 2 * * MON', 'UTC', '2026-01-01T00:00:00Z').length, 5);
  });

  it('is that either day counts, where both are set', () => {
    const [first] = linesOf('0 2 1-7 * 1', 'UTC', '2026-01-01T00:00:00Z');
    assert.match(
      first ?? '',
      /^either day: "0 2 1-7 \* 1" takes a date that its day of the month or/,
    );
  });

  for (const [cron, zone, lines] of [
    [
      '30 2 * * *',
      'Europe/Berlin',
      [
        '2026-03-29: clocks in Europe/Berlin jump over 02:30, so it begins at 03:00 (01:00 UTC)',
        '2026-10-25: clocks in Europe/Berlin show 02:30 twice, so it begins at the first 02:30 (00:30 UTC)',
      ],
    ],
    [
      '15 2 * * *',
      'Australia/Lord_Howe',
      [
        '2026-10-04: clocks in Australia/Lord_Howe jump over 02:15, so it begins at 02:30 (2026-10-03 15:30 UTC)',
      ],
    ],
    [
      '0 0 * * *',
      'Africa/Cairo',
      [
        '2026-04-24: clocks in Africa/Cairo jump over 00:00, so it begins at 01:00 (2026-04-23 22:00 UTC)',
      ],
    ],
    [
      '30 23 * * *',
      'America/Scoresbysund',
      [
        '2026-03-28: clocks in America/Scoresbysund jump over 23:30, so it begins at 2026-03-29 00:00 (01:00 UTC)',
        '2026-10-24: clocks in America/Scoresbysund show 23:30 twice, so it begins at the first 23:30 (2026-10-25 00:30 UTC)',
      ],
    ],
  ] as const) {
    it(`is on which days clocks jump over its time or show it twice: ${cron} in ${zone}`, () => {
      const found = linesOf(cron, zone, '2026-01-01T00:00:00Z');
      assert.deepEqual(
        found.filter((line) => /^\d/.test(line)),
        lines,
      );
    });
  }

  it('is an error where no date comes', () => {
    assert.throws(() => comingNights({ cron: '0 0 31 4,6,9,11 *', timeZone: 'UTC' }, new Date()), {
      message: /^The pattern names no date within five years/,
    });
  });
});

function linesOf(cron: string, timeZone: string, now: string): string[] {
  const schedule = { cron, timeZone };
  return comingLines(schedule, comingNights(schedule, new Date(now)));
}
