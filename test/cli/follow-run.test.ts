import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type FollowRequest, followRun } from '../../src/cli/follow-run.ts';
import { openTerminal } from '../../src/cli/terminal.ts';
import { summarizeRun } from '../../src/report/write-report.ts';
import { MemoryStore } from '../../src/shared/memory-store.ts';
import { objectKeys } from '../../src/shared/object-keys.ts';
import { madeRows, madeSpec } from '../support/made-run.ts';
import { storeMadeRun } from '../support/stored-run.ts';

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
    ...openTerminal({ quiet: true, json: true }),
    print: (line = '') => void printed.push(line),
    note: (line: string) => void notes.push(line),
  };
  const progress = { readProgress: async () => counters, listWorkers: async () => [] };
  const { signal } = new AbortController();
  const request = { fleet: { progress }, store, runId, terminal, json: false, signal };
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
});
