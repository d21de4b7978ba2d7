import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { auditKeys } from '../../../src/audit/home/audit-keys.ts';
import { keyByHand, type Night } from '../../../src/audit/night/night.ts';
import {
  listNightKeys,
  listNights,
  readNight,
  writeNight,
} from '../../../src/audit/night/stored-nights.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';

describe('the nights of an audit', () => {
  it('are read as they were written, the oldest first, those by hand after their date', async () => {
    const home = new MemoryStore();
    for (const key of ['2026-12-01', '2026-11-30T141502Z', '2026-11-30'])
      await writeNight(home, night(key));
    assert.deepEqual(await readNight(home, 'nightly', '2026-11-30'), night('2026-11-30'));
    assert.deepEqual(await listNightKeys(home, 'nightly'), [
      '2026-11-30',
      '2026-11-30T141502Z',
      '2026-12-01',
    ]);
    const last = await listNights(home, 'nightly', 2);
    assert.deepEqual(
      last.map(({ key }) => key),
      ['2026-11-30T141502Z', '2026-12-01'],
    );
  });

  it('are none before the first, and no other audit has them', async () => {
    const home = new MemoryStore();
    await writeNight(home, night('2026-11-30'));
    assert.equal(await readNight(home, 'nightly', '2026-12-01'), undefined);
    assert.deepEqual(await listNights(home, 'night'), []);
  });

  it('are not taken for absent where their record is damaged', async () => {
    const home = new MemoryStore();
    await home.put(auditKeys.night('nightly', '2026-11-30'), new TextEncoder().encode('{}'));
    await assert.rejects(
      readNight(home, 'nightly', '2026-11-30'),
      /nightly\/nights\/2026-11-30\.json is not the record of a night\. Restore it/,
    );
  });

  it('have a key of their own when a person starts one', () => {
    assert.equal(keyByHand(new Date('2026-11-30T14:15:02.345Z')), '2026-11-30T141502Z');
  });
});

function night(key: string): Night {
  return {
    schema: 'night@1',
    audit: 'nightly',
    key,
    ...(key.length === 10 && { date: key }),
    dueAt: '2026-11-30T01:00:00.000Z',
    trigger: key.length === 10 ? 'schedule' : 'hand',
    status: 'closed',
    verdict: { outcome: 'pass', sentence: 'Both rules hold.', failed: [], unknown: [] },
    figures: { map50: 0.83, 'recall.Platelets': null },
  };
}
