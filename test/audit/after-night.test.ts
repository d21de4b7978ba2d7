import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Night } from '../../src/audit/night/night.ts';
import { afterNight } from '../../src/audit/night-ends.ts';
import { objectKeys } from '../../src/shared/run/object-keys.ts';
import { nameRun } from '../../src/shared/run/run-names.ts';
import { AllowedPlaces } from '../../src/shared/storage/allowed-places.ts';
import { MemoryStore } from '../../src/shared/storage/memory-store.ts';
import { madeAudit } from '../support/made-audit.ts';
import { storeChecked } from '../support/stored-check.ts';

describe('what follows a night', () => {
  it('draws the page, and leaves the last runs and that of the last night that passed', async () => {
    const [home, store] = [new MemoryStore('home'), new MemoryStore('results')];
    const runs = ['night-one', 'night-two', 'night-three', 'night-four'];
    for (const runId of runs) {
      await storeChecked(store, { runId, rows: { images: 2 } });
      await nameRun(store, 'cells', runId);
    }
    const nights = runs.map((runId, n): Night => {
      const date = `2026-12-0${n + 1}`;
      const outcome = n === 1 ? 'pass' : 'fail';
      return {
        ...{ schema: 'night@1', audit: 'cells', key: date, date, trigger: 'schedule' },
        ...{ dueAt: `${date}T02:00:00.000Z`, status: 'closed', runId, out: 'memory:results' },
        verdict: { outcome, sentence: '', failed: [], unknown: [] },
      };
    });
    const everywhere = new AllowedPlaces(undefined);
    const audit = madeAudit({ baseline: 'previous', keep: 1, out: 'memory:results' });
    await afterNight(audit, nights, {
      ...{ home, storage: {}, places: { ins: everywhere, outs: everywhere } },
      ...{ openStore: () => store, openSource: () => store },
    });
    const left: string[] = [];
    for (const runId of runs) if (await store.head(objectKeys.run(runId))) left.push(runId);
    assert.deepEqual(left, ['night-two', 'night-four']);
    assert.ok(await home.head('cells/trend.html'));
  });
});
