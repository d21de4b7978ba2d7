import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type FollowRequest, followRun } from '../../../src/cli/follow/follow-run.ts';
import { openTerminal } from '../../../src/cli/terminal/terminal.ts';
import { summarizeRun } from '../../../src/report/summarize-run.ts';
import { StorageUnavailableError } from '../../../src/shared/host/storage-unavailable.ts';
import { objectKeys } from '../../../src/shared/run/object-keys.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';
import { madeRows, madeSpec } from '../../support/made-run.ts';
import { storeMadeRun } from '../../support/stored-run.ts';

const images = 8;
const spec = madeSpec({ images, shardSize: 4, maps: false });
const { runId } = spec;
const counters = {
  done: 0,
  failed: 0,
  images: 0,
  imagesFailed: 0,
  imagesLive: 0,
  cancelled: false,
};

const progress = {
  readProgress: async () => counters,
  listWorkers: async () => [],
  isCoordinatorAlive: async () => true,
  storageFault: async () => undefined,
};

const queues: FollowRequest['fleet']['queues'] = { paused: async () => [] };

async function storedRun(failed: (row: number) => boolean = () => false): Promise<MemoryStore> {
  const store = new MemoryStore('results');
  const failure = { status: 'failed_to_decode', reason: 'The image is empty.' } as const;
  const rows = madeRows({ images, shardSize: 4, failed: (i) => (failed(i) ? failure : undefined) });
  await storeMadeRun(store, spec, rows);
  return store;
}

interface Followed {
  readonly code: number;
  readonly printed: string;
  readonly notes: readonly string[];
}

async function follow(store: MemoryStore, more: Partial<FollowRequest> = {}): Promise<Followed> {
  const printed: string[] = [];
  const notes: string[] = [];
  const terminal = {
    ...openTerminal({ json: true }),
    print: (line = '') => void printed.push(line),
    note: (line: string) => void notes.push(line),
  };
  const { signal } = new AbortController();
  const request = { fleet: { progress, queues }, store, runId, terminal, json: false, signal };
  const code = await followRun({ ...request, ...more });
  return { code, printed: printed.join('\n'), notes };
}

describe('following a run to its end', () => {
  it('gives 0 when all shards are done, and 4 when no image could be explained', async () => {
    for (const [failed, code] of [
      [false, 0],
      [true, 4],
    ] as const) {
      const store = await storedRun(() => failed);
      await summarizeRun({ store, runId, imageStore: undefined });
      assert.equal((await follow(store)).code, code);
    }
  });

  it('gives 9 when all shards failed, for the images are not to blame', async () => {
    const store = await storedRun();
    for (const shard of [0, 1]) await store.delete(objectKeys.done(runId, shard));
    const failedShards = new Map([0, 1].map((shard) => [shard, 'The disk is full.']));
    await summarizeRun({ store, runId, imageStore: undefined, failedShards });
    const { code, printed } = await follow(store);
    assert.equal(code, 9);
    assert.match(printed, /shard 0: The disk is full\./);
  });

  it('goes on while Redis is away, since storage is what counts', async () => {
    const store = await storedRun();
    const gone = Object.assign(new Error('Reached the max'), { name: 'MaxRetriesPerRequestError' });
    const readProgress = async () => {
      await summarizeRun({ store, runId, imageStore: undefined });
      throw gone;
    };
    const { code, notes } = await follow(store, {
      fleet: { progress: { ...progress, readProgress }, queues },
    });
    assert.equal(code, 0);
    assert.match(notes.join(), /^Redis is away, waiting for it up to 10 min 00 s: no connection$/);
  });

  it('says once that a queue is paused and how to resume it, and once that it was resumed', async () => {
    const store = await storedRun();
    let looks = 0;
    const paused = async () => {
      looks += 1;
      if (looks === 3) await summarizeRun({ store, runId, imageStore: undefined });
      return looks < 3 ? (['shards'] as const).slice() : [];
    };
    const { code, notes } = await follow(store, { fleet: { progress, queues: { paused } } });
    assert.equal(code, 0);
    assert.deepEqual(notes, [
      'The queue of shards is paused, and no worker takes a shard. Resume it under Queues of "eigenfleet dashboard --manage".',
      'The queue of shards was resumed.',
    ]);
  });

  it('goes on while storage is away', async () => {
    const store = await storedRun();
    await summarizeRun({ store, runId, imageStore: undefined });
    const getRange = store.getRange.bind(store);
    let failures = 1;
    store.getRange = async (key, start, end) => {
      if (key !== objectKeys.summaryJson(runId) || failures-- <= 0)
        return getRange(key, start, end);
      throw new StorageUnavailableError('s3://results cannot be reached');
    };
    const { code, notes } = await follow(store);
    assert.equal(code, 0);
    assert.deepEqual(notes, [
      'Storage is away, waiting for it up to 10 min 00 s: s3://results cannot be reached',
      'Storage is back.',
    ]);
  });

  it('gives up when the services cannot write for too long, and not while shards are done', async () => {
    const store = await storedRun();
    const fault = 'The disk is full: /out/a could not be written.';
    let done = 0;
    const readProgress = async () => ({ ...counters, done: done < 1 ? ++done : done });
    const theirs = { ...progress, readProgress, storageFault: async () => fault };
    const given = { fleet: { progress: theirs, queues }, patienceMs: 0 };
    await assert.rejects(follow(store, given), { code: 'storage', message: fault });
    assert.equal(done, 1);
  });

  it('ends at once when it is interrupted, whatever is asked', async () => {
    const store = await storedRun();
    const controller = new AbortController();
    let answer = (): void => {};
    const readProgress = async () => {
      setImmediate(() => controller.abort());
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return counters;
    };
    const { signal } = controller;
    const fleet = { progress: { ...progress, readProgress }, queues };
    assert.equal((await follow(store, { fleet, signal })).code, 130);
    answer();
  });

  it('says that a run was cancelled, even one that was closed and taken up again before', async () => {
    const store = await storedRun();
    await summarizeRun({ store, runId, imageStore: undefined });
    await store.delete(objectKeys.report(runId));
    await store.put(objectKeys.cancelled(runId), new Uint8Array());
    const { code, printed } = await follow(store);
    assert.equal(code, 9);
    assert.match(printed, /was cancelled/);
  });
});
