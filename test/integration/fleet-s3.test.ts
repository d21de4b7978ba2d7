import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { objectKeys } from '../../src/shared/run/object-keys.ts';
import type { ObjectStore } from '../../src/shared/storage/object-store.ts';
import { bloodCells, onlyRun, quickModel, rowsOf, startFleet } from '../support/fleet.ts';
import { makeBucket, type TestBucket } from '../support/s3-bucket.ts';
import { awsEnvironment, useTestCredentials } from '../support/s3-credentials.ts';
import { startRealS3 } from '../support/s3-real.ts';
import { startS3Server } from '../support/s3-server.ts';

const credentials = useTestCredentials();
const testServer = await startS3Server();
const realServer = await startRealS3();
after(async () => {
  await testServer.close();
  await realServer?.close();
});

/** The first `count` blood cells in a bucket of their own. */
async function loadedBucket(endpoint: string, count: number): Promise<TestBucket> {
  const bucket = await makeBucket(endpoint);
  const store = bucket.store();
  for (const name of (await readdir(bloodCells)).slice(0, count)) {
    await store.put(`cells/${name}`, await readFile(join(bloodCells, name)));
  }
  return bucket;
}

function argsOf(bucket: TestBucket, out: string): string[] {
  const root = `s3://${bucket.name}`;
  const options = ['--shard-size', '3', '--overlays', 'none', '--conf', '0.05'];
  return [...quickModel, '-i', `${root}/cells`, '-o', `${root}/${out}`, ...options];
}

/** summary.json without what depends on the clock and on where things lie. */
async function summaryOf(results: ObjectStore): Promise<string> {
  const { store, runId } = await onlyRun(results);
  const bytes = await store.get(objectKeys.summaryJson(runId));
  const { timings: _, ...rest } = JSON.parse(new TextDecoder().decode(bytes));
  return JSON.stringify(rest);
}

for (const server of realServer ? [testServer, realServer] : [testServer]) {
  const name = 'name' in server ? server.name : 'the test server';
  test(`three workers give the summary of a local run, byte for byte, over ${name}`, async () => {
    const bucket = await loadedBucket(server.endpoint, 12);
    const fleet = await startFleet(awsEnvironment(credentials, server.endpoint));
    const out = `s3://${bucket.name}/fleet`;
    const enqueued = await fleet.cli(['enqueue', ...argsOf(bucket, 'fleet')]);
    assert.equal(enqueued.code, 0, enqueued.stderr);
    await Promise.all([fleet.worker(), fleet.worker(), fleet.worker(), fleet.coordinator(out)]);
    const { store, runId } = await onlyRun(bucket.store({ prefix: 'fleet' }));
    assert.equal((await fleet.follow(store, runId)).code, 0);
    const local = await fleet.cli(['run', ...argsOf(bucket, 'local'), '--device', 'cpu']);
    assert.equal(local.code, 0, local.stderr);
    assert.equal(
      await summaryOf(bucket.store({ prefix: 'fleet' })),
      await summaryOf(bucket.store({ prefix: 'local' })),
    );
    await bucket.remove();
  });
}

test('a bucket that answers 503, cuts bodies and stalls loses nothing', async () => {
  const bucket = await loadedBucket(testServer.endpoint, 12);
  const fleet = await startFleet(awsEnvironment(credentials, testServer.endpoint));
  const out = `s3://${bucket.name}/fleet`;
  assert.equal((await fleet.cli(['enqueue', ...argsOf(bucket, 'fleet')])).code, 0);
  testServer.fail({ match: /cells/, operation: 'get', times: 6, with: 503 });
  testServer.fail({ match: /cells/, operation: 'get', times: 3, with: 'cut' });
  testServer.fail({ match: /shards|maps|done/, operation: 'put', times: 4, with: 503 });
  await Promise.all([fleet.worker(), fleet.coordinator(out)]);
  const watched = await fleet.cli(['watch', '-o', out, '--json']);
  testServer.heal();
  assert.equal(watched.code, 0, watched.stderr);
  const { counts, runId } = JSON.parse(watched.stdout);
  assert.deepEqual([counts.images, counts.explained], [12, 12]);
  const keys = (await rowsOf(bucket.store({ prefix: 'fleet' }), runId)).map(({ key }) => key);
  assert.equal(new Set(keys).size, 12);
  assert.equal(keys.length, 12);
  await bucket.remove();
});

test('a bucket that answers 404 to everything for a while fails no shard and no image', async () => {
  const bucket = await loadedBucket(testServer.endpoint, 3);
  const fleet = await startFleet(awsEnvironment(credentials, testServer.endpoint));
  const out = `s3://${bucket.name}/fleet`;
  assert.equal((await fleet.cli(['enqueue', ...argsOf(bucket, 'fleet')])).code, 0);
  const gone = { status: 404, code: 'NoSuchKey' } as const;
  for (const operation of ['get', 'head'] as const) testServer.fail({ operation, with: gone });
  const [worker] = await Promise.all([fleet.worker(), fleet.coordinator(out)]);
  await worker.line(/is listed, and yet the storage answers that it does not exist/);
  testServer.heal();
  const { store, runId } = await onlyRun(bucket.store({ prefix: 'fleet' }));
  const { code, summary } = await fleet.follow(store, runId);
  assert.equal(code, 0);
  assert.deepEqual([summary.counts.images, summary.counts.explained], [3, 3]);
  await bucket.remove();
});
