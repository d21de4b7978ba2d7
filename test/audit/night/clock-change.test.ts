import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeNights } from '../../support/fake-nights.ts';
import { madeAudit } from '../../support/made-audit.ts';

/** Nights on which clocks change in 2026, with a local time that does not exist or exists twice, and the instant at which it begins. */
const changes: readonly (readonly [zone: string, cron: string, date: string, begins: string])[] = [
  ['Europe/Berlin', '30 2 * * *', '2026-03-29', '2026-03-29T01:00:00.000Z'],
  ['Europe/Berlin', '30 2 * * *', '2026-10-25', '2026-10-25T00:30:00.000Z'],
  ['America/New_York', '30 2 * * *', '2026-03-08', '2026-03-08T07:00:00.000Z'],
  ['America/New_York', '30 1 * * *', '2026-11-01', '2026-11-01T05:30:00.000Z'],
  ['Australia/Lord_Howe', '15 2 * * *', '2026-10-04', '2026-10-03T15:30:00.000Z'],
  ['Australia/Lord_Howe', '45 1 * * *', '2026-04-05', '2026-04-04T14:45:00.000Z'],
];
const [minute, day] = [60_000, 86_400_000];

describe('nights on which clocks change', () => {
  for (const [timeZone, cron, date, begins] of changes) {
    it(`have one run in ${timeZone} on ${date}, by two coordinators that look every ten minutes`, async () => {
      const around = Date.parse(`${date}T12:00:00Z`);
      const scheduledAt = new Date(around - 2 * day).toISOString();
      const world = new FakeNights(madeAudit({ timeZone, cron, scheduledAt }));
      for (let at = around - 2 * day; at < around + 2 * day; at += 10 * minute) {
        world.at(new Date(at).toISOString());
        await Promise.all([world.beat(), world.beat()]);
      }
      const nights = await world.beat();
      const [night, ...others] = nights.filter((one) => one.date === date);
      assert.deepEqual([night?.dueAt, night?.status, others.length], [begins, 'closed', 0]);
      // A run each date, and none beside them.
      assert.equal(new Set(nights.map((one) => one.date)).size, nights.length);
      const told = world.acts.filter((act) => act.startsWith('tell'));
      assert.deepEqual([...new Set(told)].length, nights.length);
      assert.equal(nights.length, 4);
    });
  }
});
