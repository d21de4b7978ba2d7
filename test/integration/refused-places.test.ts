import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { setImmediate as nextTick } from 'node:timers/promises';
import { EigenfleetError } from '../../src/shared/errors.ts';
import { StorageUnavailableError } from '../../src/shared/host/storage-unavailable.ts';
import { FleetQueues } from '../../src/shared/queue/fleet-queues.ts';
import { connectRedis } from '../../src/shared/queue/redis-connection.ts';
import { watchRedis } from '../../src/shared/queue/redis-watch.ts';
import { type ShardJob, shardJobId } from '../../src/shared/queue/shard-job.ts';
import { decodeRows } from '../../src/shared/results/sample-row-parquet.ts';
import { objectKeys } from '../../src/shared/run/object-keys.ts';
import { AllowedPlaces } from '../../src/shared/storage/allowed-places.ts';
import { openStore } from '../../src/shared/storage/open-store.ts';
import { createLogger } from '../../src/shared/telemetry/logger.ts';
import type { AttemptPorts } from '../../src/worker/queue/attempt-shard.ts';
import { FleetWorker, type FleetWorkerOptions } from '../../src/worker/queue/fleet-worker.ts';
import { OpenRuns } from '../../src/worker/queue/open-runs.ts';
import {
  bloodCells,
  manyImages,
  onlyRun,
  quickModel,
  startFleet,
  tinyModel,
} from '../support/fleet.ts';
import { latch } from '../support/latch.ts';
import { lendRedis } from '../support/lent-redis.ts';
import { madeSpec } from '../support/made-run.ts';
import { tempDir } from '../support/temp-dir.ts';

const redis = await lendRedis();
const connection = connectRedis({ url: redis.url, cluster: false }, 'work');
const queues = new FleetQueues(connection);
after(async () => {
  await queues.close();
  connection.disconnect();
  await redis.close();
});

/** Every attempt at a shard finds an unusable model. */
const ports = {
  progress: {
    isCancelled: async () => {
      throw new EigenfleetError('model', 'damaged');
    },
  },
} as unknown as AttemptPorts;

interface TriedWorker {
  readonly worker: FleetWorker;
  readonly log: string[];
  /** Shards whose failure it wrote down. */
  readonly booked: number[];
}

function start(
  options: Pick<FleetWorkerOptions, 'isAllowedOut' | 'onSettled'> & Partial<FleetWorkerOptions>,
): TriedWorker {
  const log: string[] = [];
  const booked: number[] = [];
  const sink = { write: (line: string) => void log.push(line) };
  const logger = createLogger({ level: 'warn', component: 'worker', sink });
  const watch = watchRedis(connection, { url: redis.url, logger });
  watch.start();
  const worker = new FleetWorker({
    ...{ connection, ports, name: 'tried', concurrency: 1 },
    ...{ lockMs: 60_000, stalledIntervalMs: 15_000, graceMs: 10_000 },
    ...{ logger, watch, shutdown: new AbortController() },
    onTaken: () => {},
    onOutcome: () => {},
    onFailedForGood: async ({ shard }) => void booked.push(shard),
    ...options,
  });
  return { worker, log, booked };
}

test('a worker that may not write the results leaves the shards to one that may', async () => {
  const jobs = [0, 1].map((shard) => ({ v: 1, out: 's3://theirs', runId: 'r', shard }) as const);
  const [first, last] = [latch<ShardJob>(), latch<ShardJob>()];
  await queues.addShards(jobs, 'audit');
  const wrong = start({
    isAllowedOut: async () => false,
    onSettled: (job) => (job.shard === 0 ? first : last).resolve(job),
  });
  await Promise.all([first.promise, last.promise]);
  await wrong.worker.stop();
  for (const job of jobs) {
    const left = await queues.shards.getJob(shardJobId(job));
    assert.deepEqual(
      [await left?.getState(), left?.attemptsMade, left?.priority],
      ['delayed', 0, 1],
    );
    await left?.promote();
  }
  assert.deepEqual(wrong.booked, []);
  assert.equal(wrong.log.length, 1, wrong.log.join(''));
  assert.match(wrong.log[0]!, /may not write to s3:\/\/theirs.*--allow-out s3:\/\/theirs/);

  const taken = latch<ShardJob>();
  const right = start({
    isAllowedOut: async () => true,
    onSettled: (job) => job.shard === 1 && taken.resolve(job),
  });
  await taken.promise;
  await right.worker.stop();
  assert.deepEqual(right.booked, [0, 1]);
});

test('a worker that may not write the results books no failure there', async () => {
  const job = { v: 1, out: 's3://theirs', runId: 'stalled', shard: 0 } as const;
  await queues.addShards([job], 'normal');
  // What BullMQ does to a job that stalled too often: the next worker that takes it fails it, whichever that is.
  await connection.hset(queues.shards.toKey(shardJobId(job)), 'defa', 'job stalled too often');
  const done = latch<ShardJob>();
  const next = { ...job, shard: 1 };
  const wrong = start({ isAllowedOut: async () => false, onSettled: (one) => done.resolve(one) });
  await queues.addShards([next], 'bulk');
  assert.equal((await done.promise).shard, 1);
  await wrong.worker.stop();
  assert.equal(await queues.failureOf(job), 'job stalled too often');
  assert.deepEqual(wrong.booked, []);
});

test('a worker that may not read the images of a run leaves its shards to one that may', async () => {
  const [out, spec] = [tempDir(), madeSpec()];
  const store = openStore(out);
  const tampered = { ...spec, dataset: { ...spec.dataset, rootUri: 'file:///allowed/../theirs' } };
  await store.put(objectKeys.run(spec.runId), new TextEncoder().encode(JSON.stringify(tampered)));
  await store.put(objectKeys.manifest(spec.runId, 0), new Uint8Array());
  const job = { v: 1, out: store.uri, runId: spec.runId, shard: 0 } as const;
  await queues.addShards([job], 'normal');
  const ins = new AllowedPlaces(['/allowed']);
  const runs = new OpenRuns({
    openStore,
    openImages: async (uri) => ((await ins.has(uri)) ? openStore(uri) : undefined),
    onLabelsLeftOut: () => assert.fail('the run has no labels'),
    startExplainer: () => assert.fail('the run was opened'),
  });
  const progress = { isCancelled: async () => false };
  const done = latch<ShardJob>();
  const wrong = start({
    isAllowedOut: async () => true,
    onSettled: (one) => done.resolve(one),
    ports: { runs, progress } as unknown as AttemptPorts,
  });
  await done.promise;
  await wrong.worker.stop();
  const left = await queues.shards.getJob(shardJobId(job));
  assert.deepEqual([await left?.getState(), left?.attemptsMade], ['delayed', 0]);
  assert.match(
    wrong.log[0]!,
    /may not read images from file:\/\/\/allowed\/..\/theirs.*--allow-in/,
  );
  assert.deepEqual([wrong.log.length, wrong.booked.length], [1, 0]);
});

/** Two images in a folder `images`; the labels of the first lie beside it, in the folder `labels`. */
async function labeledImages(): Promise<{ images: string; labels: string }> {
  const images = await manyImages(2);
  const labels = join(dirname(images), 'labels');
  await mkdir(labels);
  await writeFile(join(labels, '0000.txt'), '0 0.5 0.5 0.2 0.2\n');
  return { images, labels };
}

test('a worker that may not read labels that were found by themselves explains the images without them', async () => {
  const fleet = await startFleet();
  const [{ images }, out] = [await labeledImages(), tempDir()];
  await fleet.enqueue([...quickModel, '-i', images, '-o', out]);
  const worker = await fleet.worker(['--allow-out', out, '--allow-in', images]);
  await worker.line(/may not read labels from .*labels.*--allow-in/);
  await worker.line(/"shard settled"/);
  worker.kill('SIGTERM');
  await worker.result;
  const { store, runId } = await onlyRun(out);
  const rows = await decodeRows((await store.get(objectKeys.shard(runId, 0))) ?? assert.fail());
  assert.deepEqual(
    rows.map(({ status, labels }) => [status, labels?.status, labels?.remarks]),
    [
      [
        'success',
        'unusable',
        [
          {
            what: 'a label file cannot be read',
            where: '0000.txt: the worker may not read its folder: see --allow-in',
          },
        ],
      ],
      ['success', 'background', []],
    ],
  );
});

test('a worker that may not read labels that were asked for leaves the run to one that may', async () => {
  const fleet = await startFleet();
  const [{ images, labels }, out] = [await labeledImages(), tempDir()];
  await fleet.enqueue([...quickModel, '-i', images, '-o', out, '--labels', labels]);
  const worker = await fleet.worker(['--allow-out', out, '--allow-in', images]);
  await worker.line(/may not read images from .*labels.*left to others.*--allow-in/);
  worker.kill('SIGTERM');
  await worker.result;
  const { store, runId } = await onlyRun(out);
  assert.equal(await store.head(objectKeys.done(runId, 0)), undefined);
});

test('a storage that stays away uses up no attempt, and others get their turn', async () => {
  const job = { v: 1, out: 's3://full', runId: 'full', shard: 0 } as const;
  const away = {
    progress: {
      isCancelled: async () => {
        throw new StorageUnavailableError('The disk is full');
      },
    },
  } as unknown as AttemptPorts;
  let settled = latch();
  const tried = start({
    isAllowedOut: async () => true,
    onSettled: () => settled.resolve(),
    ports: away,
  });
  await queues.addShards([job], 'audit');
  for (const starts of [1, 2, 3, 4, 5, 6]) {
    await settled.promise;
    settled = latch();
    // The worker says so as it gives the job back: a moment later the job lies there.
    let now = await queues.shards.getJob(shardJobId(job));
    while (now?.attemptsStarted !== starts || (await now.getState()) !== 'delayed') {
      await nextTick();
      now = await queues.shards.getJob(shardJobId(job));
    }
    assert.equal(now.attemptsMade, 0);
    await now.promote();
  }
  await settled.promise;
  await tried.worker.stop();
  assert.deepEqual(tried.booked, []);
});

test('sixteen shards at once are left to others without a word from Node about listeners', async () => {
  const fleet = await startFleet();
  const plan = ['-m', tinyModel, '-i', bloodCells, '-o', tempDir()];
  await fleet.enqueue([...plan, '--limit', '20', '--shard-size', '1']);
  const worker = await fleet.worker(['--concurrency', '16', '--allow-out', tempDir()]);
  const client = connectRedis({ url: fleet.redis.url, cluster: false }, 'work');
  const theirs = new FleetQueues(client);
  while ((await theirs.counts()).delayed < 16) await nextTick();
  await theirs.close();
  client.disconnect();
  worker.kill('SIGTERM');
  const { code, stderr } = await worker.result;
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /Warning/);
});
