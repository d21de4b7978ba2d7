import assert from 'node:assert/strict';
import { AsyncResource } from 'node:async_hooks';
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Redis } from 'ioredis';
import { objectKeys } from '../../src/shared/run/object-keys.ts';
import { repositoryRoot } from '../support/cache-folder.ts';
import { type RunningCli, startCli } from '../support/cli.ts';
import {
  bloodCells,
  manyImages,
  onlyRun,
  quickModel,
  rowsOf,
  startFleet,
  type TestFleet,
  tinyModel,
} from '../support/fleet.ts';
import { tempDir } from '../support/temp-dir.ts';

const settled = /shard settled/;

/** A worker that lives on may have settled shards of other runs. */
async function settledOf(out: string): Promise<RegExp> {
  const { runId } = await onlyRun(out);
  return new RegExp(`"${runId}".*shard settled`);
}

function enqueueArgs(source: string, out: string, model: readonly string[] = quickModel): string[] {
  const options = ['--shard-size', '2', '--overlays', 'none', '--conf', '0.05'];
  return [...model, '-i', source, '-o', out, ...options];
}

/** Six shards, of which a worker has three or more before it when it has settled one. */
const longImages = 12;
const fewImages = 8;

/** A run that lasts long enough to be disturbed in its midst. */
async function enqueueLong(fleet: TestFleet, out: string): Promise<void> {
  await fleet.enqueue(enqueueArgs(await manyImages(longImages), out, ['-m', tinyModel]));
}

/** For the tests that leave Redis alone. Each has results of its own. */
const shared = await startFleet();
await shared.coordinator();

let lasting: RunningCli | undefined;
/** Bound to the file, so that the worker does not end with the test that is first to need it. */
const startLasting = AsyncResource.bind(() => shared.worker(['--grace', '0']));

/** The only worker of the shared fleet: the one that an earlier test left, else a new one. */
async function someWorker(): Promise<RunningCli> {
  if (lasting === undefined || hasEnded(lasting)) lasting = await startLasting();
  return lasting;
}

/** For tests that prepare what no worker may take yet. */
async function noWorker(): Promise<void> {
  lasting?.kill('SIGKILL');
  await lasting?.result;
}

function hasEnded({ process }: RunningCli): boolean {
  return process.exitCode !== null || process.signalCode !== null;
}

/** Follows the run to its end and holds every image to exactly one row. */
async function endsWhole(fleet: TestFleet, out: string, images: number): Promise<void> {
  const { store, runId } = await onlyRun(out);
  const { code, summary } = await fleet.follow(store, runId);
  assert.equal(code, 0);
  assert.deepEqual([summary.counts.images, summary.counts.explained], [images, images]);
  const keys = (await rowsOf(store, runId)).map(({ key }) => key);
  assert.equal(keys.length, images);
  assert.equal(new Set(keys).size, images);
}

test('an image that kills its worker is found after one crash, and its shard completes', async () => {
  const out = tempDir();
  const fleet = shared;
  await noWorker();
  const source = await manyImages(8);
  await rm(join(source, '0005.jpg'));
  await copyFile(join(bloodCells, 'BloodImage_00007.jpg'), join(source, '0005-poison.jpg'));
  await fleet.enqueue(enqueueArgs(source, out));
  const preload = pathToFileURL(join(repositoryRoot, 'dist/test/support/poison.js')).href;
  const env = { NODE_OPTIONS: `--import ${preload}` };
  let crashes = 0;
  const { store, runId } = await onlyRun(out);
  const watching = fleet.cli(['watch', runId, '-o', out, '--json']);
  for (let starts = 0; starts < 4; starts++) {
    const worker = await fleet.worker([], env);
    const ended = await Promise.race([worker.result, watching.then(() => undefined)]);
    if (ended === undefined) break;
    assert.equal(ended.signal, 'SIGABRT', ended.stderr);
    crashes += 1;
  }
  const watched = await watching;
  assert.equal(crashes, 1);
  assert.equal(watched.code, 9, watched.stderr);
  const { counts } = JSON.parse(watched.stdout);
  assert.deepEqual([counts.explained, counts.failed], [7, 1]);
  const failed = (await rowsOf(store, runId)).filter(({ status }) => status !== 'success');
  assert.deepEqual(
    failed.map(({ key, status }) => [key, status]),
    [['0005-poison.jpg', 'failed_to_infer']],
  );
});

test('enqueueing twice, and at once, makes each shard once', async () => {
  const out = tempDir();
  const fleet = shared;
  await noWorker();
  const source = await manyImages(fewImages);
  const both = [1, 2].map(() => fleet.cli(['enqueue', ...enqueueArgs(source, out)]));
  for (const { code, stderr } of await Promise.all(both)) assert.equal(code, 0, stderr);
  await someWorker();
  await endsWhole(fleet, out, fewImages);
  await fleet.enqueue(enqueueArgs(source, out));
  await endsWhole(fleet, out, fewImages);
  const { runId } = await onlyRun(out);
  await rm(join(out, runId), { recursive: true });
  await fleet.enqueue(enqueueArgs(source, out));
  await endsWhole(fleet, out, fewImages);
});

test('a shard that fails for good is named, the run closes, and can be completed later', async () => {
  const out = tempDir();
  const fleet = shared;
  await noWorker();
  await fleet.enqueue(enqueueArgs(await manyImages(8), out));
  const { store, runId } = await onlyRun(out);
  const key = objectKeys.manifest(runId, 2);
  const manifest = await store.get(key);
  await store.delete(key);
  await someWorker();
  const watched = await fleet.cli(['watch', runId, '-o', out, '--json']);
  assert.equal(watched.code, 9, watched.stderr);
  const summary = JSON.parse(watched.stdout);
  assert.deepEqual(summary.failedShards, [2]);
  assert.match(summary.shardFailures[0].reason, /0000002\.jsonl is missing/);
  assert.equal(summary.counts.explained, 6);
  await store.put(key, manifest ?? new Uint8Array());
  const resumed = await fleet.cli(['resume', runId, '-o', out, '--retry-failed', '--json']);
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.equal(JSON.parse(resumed.stdout).added, 1);
  await endsWhole(fleet, out, 8);
  const closed = await fleet.cli(['resume', runId, '-o', out]);
  assert.match(closed.stdout, /is closed: its report is .*report\.html/);
  await store.put(objectKeys.report(runId), Buffer.from('old'));
  await store.delete(objectKeys.done(runId, 0));
  const repaired = await fleet.cli(['resume', runId, '-o', out, '--json']);
  assert.equal(JSON.parse(repaired.stdout).added, 1);
  await endsWhole(fleet, out, 8);
  const report = await store.get(objectKeys.report(runId));
  assert.notEqual(Buffer.from(report ?? []).toString(), 'old', 'it is made anew');
});

test('a cancelled run stops, and can be resumed', async () => {
  const out = tempDir();
  const fleet = shared;
  await noWorker();
  const source = await manyImages(fewImages);
  await fleet.enqueue(enqueueArgs(source, out));
  const { store, runId } = await onlyRun(out);
  assert.equal((await fleet.cli(['cancel', runId, '-o', out])).code, 0);
  const again = await fleet.cli(['enqueue', ...enqueueArgs(source, out)]);
  assert.equal(again.code, 9, again.stdout);
  assert.match(again.stderr, /was cancelled: `eigenfleet resume .* resumes it/);
  const worker = await someWorker();
  await worker.line(/"status":"cancelled"/);
  const watched = await fleet.cli(['watch', runId, '-o', out]);
  assert.equal(watched.code, 9, watched.stderr);
  assert.equal(await store.head(objectKeys.report(runId)), undefined);
  assert.equal((await fleet.cli(['resume', runId, '-o', out])).code, 0);
  await endsWhole(fleet, out, fewImages);
});

test('a worker killed in a shard loses nothing', async () => {
  const out = tempDir();
  const fleet = shared;
  await enqueueLong(fleet, out);
  const victim = await someWorker();
  await victim.line(await settledOf(out));
  victim.kill('SIGKILL');
  await victim.result;
  await someWorker();
  await endsWhole(fleet, out, longImages);
});

test('a worker that is asked to stop hands its shards back, and the next one goes on', async () => {
  const out = tempDir();
  const fleet = shared;
  await enqueueLong(fleet, out);
  const first = await someWorker();
  await first.line(await settledOf(out));
  first.kill('SIGTERM');
  const stopped = await first.result;
  assert.equal(stopped.code, 0, stopped.stderr);
  await someWorker();
  await endsWhole(fleet, out, longImages);
});

test('a producer that died while it planned can be run again', async () => {
  const out = tempDir();
  const fleet = shared;
  const source = await manyImages(fewImages);
  const producer = startCli(['enqueue', ...enqueueArgs(source, out)], { env: fleet.env });
  producer.kill('SIGKILL');
  await producer.result;
  await fleet.enqueue(enqueueArgs(source, out));
  await someWorker();
  await endsWhole(fleet, out, fewImages);
});

test('a Redis that dies and comes back in the midst of a run loses nothing', async () => {
  const out = tempDir();
  const fleet = await startFleet();
  await enqueueLong(fleet, out);
  const worker = await fleet.worker();
  await fleet.coordinator(out);
  await worker.line(settled);
  await fleet.redis.kill('SIGKILL');
  await fleet.redis.restart();
  await endsWhole(fleet, out, longImages);
});

test('a Redis that was wiped in the midst of a run is filled again from storage', async () => {
  const out = tempDir();
  const fleet = await startFleet();
  await enqueueLong(fleet, out);
  const worker = await fleet.worker();
  await worker.line(settled);
  const redis = new Redis(fleet.redis.url);
  await redis.flushall();
  redis.disconnect();
  const { runId } = await onlyRun(out);
  const resumed = await fleet.cli(['resume', runId, '-o', out, '--json']);
  assert.equal(resumed.code, 0, resumed.stderr);
  await fleet.coordinator(out);
  await endsWhole(fleet, out, longImages);
});

test('without any worker the run waits, and whoever looks is told so', async () => {
  const out = tempDir();
  const fleet = await startFleet();
  await fleet.enqueue(enqueueArgs(await manyImages(4), out));
  const alone = await fleet.cli(['status', '-o', out]);
  assert.match(alone.stderr, /no coordinator is alive.*start one/);
  await fleet.coordinator(out);
  const { code, stdout, stderr } = await fleet.cli(['status', '-o', out]);
  assert.doesNotMatch(stderr, /no coordinator/);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /0 of 2 shards, 0 of 4 images, no worker alive/);
  assert.match(stderr, /no worker is alive: start one/);
  await fleet.worker();
  await endsWhole(fleet, out, 4);
});
