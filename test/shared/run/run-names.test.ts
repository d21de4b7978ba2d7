import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { objectKeys } from '../../../src/shared/run/object-keys.ts';
import { listRuns, nameRun, resolveRun } from '../../../src/shared/run/run-names.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';
import type { ObjectStore } from '../../../src/shared/storage/object-store.ts';
import { openStore } from '../../../src/shared/storage/open-store.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** The part of run.json that names need. */
async function plan(store: ObjectStore, runId: string, plannedAt: string): Promise<void> {
  const dataset = {
    rootUri: 'file:///data',
    source: 'data',
    name: 'blood',
    images: 24,
    shards: 1,
    sizeBytes: 1,
    digest: 'd',
  };
  await putJson(store, objectKeys.run(runId), { schema: 'run@2', runId, plannedAt, dataset });
  await store.put(objectKeys.manifest(runId, 0), new Uint8Array());
}

async function putJson(store: ObjectStore, key: string, value: unknown): Promise<void> {
  await store.put(key, new TextEncoder().encode(JSON.stringify(value)));
}

async function threeRuns(): Promise<ObjectStore> {
  const store = new MemoryStore('out');
  await plan(store, 'abc123', '2026-01-02T00:00:00.000Z');
  await plan(store, 'abd456', '2026-01-03T00:00:00.000Z');
  await plan(store, 'fff000', '2026-01-01T00:00:00.000Z');
  return store;
}

describe('resolveRun', () => {
  it('takes a whole id, a name and the start of one id', async () => {
    const store = await threeRuns();
    await nameRun(store, 'demo', 'fff000');
    assert.equal(await resolveRun(store, 'abc123'), 'abc123');
    assert.equal(await resolveRun(store, 'demo'), 'fff000');
    assert.equal(await resolveRun(store, 'abd'), 'abd456');
  });

  it('takes a whole id even when it is the start of another', async () => {
    const store = await threeRuns();
    await plan(store, 'abc', '2026-01-01T00:00:00.000Z');
    assert.equal(await resolveRun(store, 'abc'), 'abc');
  });

  it('prefers a name to the start of an id', async () => {
    const store = await threeRuns();
    await nameRun(store, 'fff', 'abc123');
    assert.equal(await resolveRun(store, 'fff'), 'abc123');
  });

  it('says that what a name points to is damaged, before it takes the name for the start of an id', async () => {
    const store = await threeRuns();
    await store.put(objectKeys.name('fff'), new TextEncoder().encode('garbage'));
    await assert.rejects(resolveRun(store, 'fff'), {
      code: 'usage',
      message:
        /^names\/fff\.json in memory:out is damaged, so nobody knows which run "fff" is: give the id/,
    });
  });

  it('takes latest for the run started last, else for the one planned last', async () => {
    const store = await threeRuns();
    assert.equal(await resolveRun(store, 'latest'), 'abd456');
    await nameRun(store, 'latest', 'fff000');
    assert.equal(await resolveRun(store, 'latest'), 'fff000');
    await store.delete(objectKeys.run('fff000'));
    assert.equal(await resolveRun(store, 'latest'), 'abd456');
  });

  it('lists what the start of several ids may mean', async () => {
    await assert.rejects(resolveRun(await threeRuns(), 'ab'), {
      code: 'usage',
      message:
        '"ab" is the start of 2 runs in memory:out; type more of one: ' +
        'abd456 (24 images of blood, 2026-01-03), abc123 (24 images of blood, 2026-01-02).',
    });
  });

  for (const reference of ['nothing', '', '../abc123', 'a/b', '.', 'x'.repeat(300)]) {
    it(`lists the runs when there is no ${JSON.stringify(reference.slice(0, 20))}`, async () => {
      const store = await threeRuns();
      await nameRun(store, 'demo', 'fff000');
      await assert.rejects(resolveRun(store, reference), {
        code: 'usage',
        message: /is not a run in memory:out; there are: abd456 .*, fff000 \("demo", 24 images/,
      });
    });
  }

  it('says so when there are no runs at all', async () => {
    await assert.rejects(resolveRun(new MemoryStore('out'), 'latest'), {
      code: 'usage',
      message: 'There is no run in memory:out. Check --out.',
    });
  });

  it('lists a few of many runs', async () => {
    const store = new MemoryStore();
    for (let i = 10; i < 30; i++) await plan(store, `run${i}`, '2026-01-01T00:00:00.000Z');
    await assert.rejects(resolveRun(store, 'run'), { message: /run17 \([^)]*\) and 12 more\.$/ });
  });
});

describe('nameRun', () => {
  it('moves a name to another run', async () => {
    const store = await threeRuns();
    await nameRun(store, 'demo', 'abc123');
    await nameRun(store, 'demo', 'abd456');
    assert.equal(await resolveRun(store, 'demo'), 'abd456');
  });

  for (const name of ['', '-x', '.hidden', 'a/b', '..', 'a b', 'a\\b', 'a\0', 'x'.repeat(65)]) {
    it(`refuses ${JSON.stringify(name.slice(0, 10))}`, async () => {
      await assert.rejects(nameRun(new MemoryStore(), name, 'abc123'), { code: 'usage' });
    });
  }
});

describe('listRuns', () => {
  it('lists the newest first, with their names, and skips what is not a run', async () => {
    const store = await threeRuns();
    await nameRun(store, 'b', 'abc123');
    await nameRun(store, 'a', 'abc123');
    await store.put('photos/1.jpg', new Uint8Array(1));
    await store.put('broken/run.json', new TextEncoder().encode('{"schema"'));
    await store.put('names/broken.json', new TextEncoder().encode('[]'));
    await putJson(store, 'copied/run.json', { runId: 'abc123' });
    const { runs, broken } = await listRuns(store);
    assert.deepEqual(broken, [
      { runId: 'broken', reason: 'it is not JSON' },
      {
        runId: 'copied',
        reason: 'plannedAt: Invalid input: expected string, received undefined',
      },
    ]);
    assert.deepEqual(
      runs.map(({ runId, names }) => [runId, names]),
      [
        ['abd456', []],
        ['abc123', ['a', 'b']],
        ['fff000', []],
      ],
    );
  });

  it('names what is no file in the place of a run.json, and passes over such a name', async () => {
    const out = tempDir();
    const store = openStore(out);
    await plan(store, 'abc123', '2026-01-02T00:00:00.000Z');
    await mkdir(join(out, 'piped'));
    execFileSync('mkfifo', [join(out, 'piped/run.json')]);
    await mkdir(join(out, 'names'));
    execFileSync('mkfifo', [join(out, 'names/latest.json')]);
    const { runs, broken } = await listRuns(store);
    assert.deepEqual(broken, [{ runId: 'piped', reason: 'it is a named pipe, not a file' }]);
    assert.deepEqual(
      runs.map(({ runId }) => runId),
      ['abc123'],
    );
  });
});
