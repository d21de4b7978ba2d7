import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cancelRun } from '../../../src/producer/queue/cancel-run.ts';
import { EigenfleetError } from '../../../src/shared/errors.ts';
import { objectKeys } from '../../../src/shared/run/object-keys.ts';
import { readRunState } from '../../../src/shared/run/run-state.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';

function noting(): { told: string[]; setCancelled(run: { runId: string }): Promise<void> } {
  const told: string[] = [];
  return { told, setCancelled: async ({ runId }) => void told.push(runId) };
}

describe('canceling a run', () => {
  it('marks an open one in storage and tells the workers', async () => {
    const [store, progress] = [new MemoryStore(), noting()];
    await cancelRun(store, progress, 'r1');
    assert.equal(await readRunState(store, 'r1'), 'cancelled');
    assert.deepEqual(progress.told, ['r1']);
  });

  it('refuses a closed one, names its report and changes nothing', async () => {
    const [store, progress] = [new MemoryStore(), noting()];
    await store.put(objectKeys.report('r1'), new Uint8Array());
    await assert.rejects(cancelRun(store, progress, 'r1'), (error) => {
      assert.ok(error instanceof EigenfleetError);
      assert.match(error.message, /already closed.*memory:store\/r1\/report\.html$/);
      return error.code === 'usage';
    });
    assert.equal(await readRunState(store, 'r1'), 'closed');
    assert.deepEqual(progress.told, []);
  });
});
