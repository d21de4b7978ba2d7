import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nameStartedRun } from '../../../src/producer/plan/name-started-run.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';

describe('nameStartedRun', () => {
  it('says when a name moves, and nothing when it stays or is new', async () => {
    const store = new MemoryStore('out');
    const notes: string[] = [];
    const note = (line: string): void => void notes.push(line);
    for (const [runId, name] of [
      ['abc123', 'demo'],
      ['abc123', 'demo'],
      ['abd456', undefined],
      ['abd456', 'other'],
    ] as const) {
      await nameStartedRun(store, { runId, name }, note);
    }
    assert.deepEqual(notes, []);
    await nameStartedRun(store, { runId: 'abd456', name: 'demo' }, note);
    assert.deepEqual(notes, ['The name "demo" moves from abc123 to abd456.']);
  });
});
