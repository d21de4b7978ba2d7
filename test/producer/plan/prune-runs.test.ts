import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pruneRuns } from '../../../src/producer/plan/prune-runs.ts';
import { objectKeys } from '../../../src/shared/run/object-keys.ts';
import { nameRun, runsOfName } from '../../../src/shared/run/run-names.ts';
import type { RunSpec } from '../../../src/shared/run/run-spec.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';
import { collect } from '../../support/collect.ts';
import { madeSpec } from '../../support/made-run.ts';

async function nights(count: number, of: (night: number) => Partial<RunSpec> = () => ({})) {
  const store = new MemoryStore('out');
  for (let night = 0; night < count; night++) {
    const spec = { ...madeSpec({ images: 1 }), runId: `night-${night}`, ...of(night) };
    await put(store, objectKeys.run(spec.runId), JSON.stringify(spec));
    await put(store, objectKeys.manifest(spec.runId, 0), '');
    await put(store, objectKeys.report(spec.runId), '');
    await nameRun(store, 'nightly', spec.runId);
  }
  return store;
}

async function put(store: MemoryStore, key: string, text: string): Promise<void> {
  await store.put(key, new TextEncoder().encode(text));
}

async function foldersOf(store: MemoryStore): Promise<string[]> {
  const keys = (await collect(store.list(''))).map(({ key }) => key.split('/')[0] ?? '');
  return [...new Set(keys)].filter((folder) => folder !== 'names');
}

describe('pruning the runs of a name', () => {
  it('keeps the last ones, and all that they have', async () => {
    const store = await nights(5);
    const gone = await pruneRuns({ store, name: 'nightly', keep: 2 });
    assert.deepEqual(gone, ['night-0', 'night-1', 'night-2']);
    assert.deepEqual(await foldersOf(store), ['night-3', 'night-4']);
    assert.deepEqual(await runsOfName(store, 'nightly'), ['night-4', 'night-3']);
    assert.deepEqual(await pruneRuns({ store, name: 'nightly', keep: 2 }), []);
  });

  it('keeps a baseline, and what has another name', async () => {
    const store = await nights(6);
    await nameRun(store, 'release', 'night-1');
    await nameRun(store, 'release', 'night-2');
    const except = new Set(['night-0']);
    assert.deepEqual(await pruneRuns({ store, name: 'nightly', keep: 1, except }), [
      'night-3',
      'night-4',
    ]);
    assert.deepEqual(await foldersOf(store), ['night-0', 'night-1', 'night-2', 'night-5']);
  });

  it('keeps the run whose results one that is not done takes over', async () => {
    const carried = { runId: 'night-1', images: 1 };
    const store = await nights(3, (night) => (night === 2 ? { carried } : {}));
    await store.delete(objectKeys.report('night-2'));
    assert.deepEqual(await pruneRuns({ store, name: 'nightly', keep: 1 }), ['night-0']);
    await put(store, objectKeys.report('night-2'), '');
    assert.deepEqual(await pruneRuns({ store, name: 'nightly', keep: 1 }), ['night-1']);
  });

  it('deletes the rest of a run whose deletion was cut off', async () => {
    const store = await nights(3);
    await store.delete(objectKeys.run('night-0'));
    assert.deepEqual(await pruneRuns({ store, name: 'nightly', keep: 2 }), ['night-0']);
    assert.deepEqual(await foldersOf(store), ['night-1', 'night-2']);
  });
});
