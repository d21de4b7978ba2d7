import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { type Job, UnrecoverableError, Worker } from 'bullmq';
import { enqueueRun } from '../../src/producer/queue/enqueue-run.ts';
import { FleetQueues } from '../../src/shared/queue/fleet-queues.ts';
import {
  queueNames,
  queuePrefix,
  type ShardJob,
  type SummaryJob,
  shardJobId,
  shardJobSchema,
} from '../../src/shared/queue/shard-job.ts';
import { putFailedShard } from '../../src/shared/results/failed-shards.ts';
import { objectKeys } from '../../src/shared/run/object-keys.ts';
import type { RunSpec } from '../../src/shared/run/run-spec.ts';
import { MemoryStore } from '../../src/shared/storage/memory-store.ts';
import { startRedisSubjects } from '../support/redis-subjects.ts';

const subjects = await startRedisSubjects();
const token = 'test';
const store = new MemoryStore();

function shardJob(runId: string, shard: number): ShardJob {
  return { v: 1, out: store.uri, runId, shard };
}

for (const { name, connect } of subjects) {
  describe(`the queues of a fleet in ${name}`, () => {
    const connection = connect();
    const queues = new FleetQueues(connection);
    // Takes jobs only when it is told to.
    const worker = new Worker<ShardJob>(queueNames.shards, undefined, {
      ...{ connection, prefix: queuePrefix, autorun: false },
    });
    worker.on('error', () => {});
    after(async () => {
      await worker.close();
      await queues.close();
    });

    async function take(): Promise<Job<ShardJob>> {
      const job = await worker.getNextJob(token);
      assert.ok(job);
      return job;
    }

    it('hold each shard of a run once, whoever adds it how often', async () => {
      const spec = { runId: 'run-a', dataset: { shards: 1203 } } as RunSpec;
      const request = { queues, store, spec, priority: 'bulk', created: true } as const;
      const added = await Promise.all([enqueueRun(request), enqueueRun(request)]);
      const whole = { added: 1203, done: 0, failed: [] };
      assert.deepEqual(added, [whole, whole]);
      assert.deepEqual(await queues.counts(), { waiting: 1203, active: 0, delayed: 0, failed: 0 });
      const last = await queues.shards.getJob(
        shardJobId({ out: store.uri, runId: 'run-a', shard: 1202 }),
      );
      assert.deepEqual(shardJobSchema.parse(last?.data).shard, 1202);
      assert.ok(JSON.stringify(last?.data).length < 500);
    });

    it('give an audit before a bulk run that came first', async () => {
      await queues.addShards([shardJob('audit', 0)], 'audit');
      const job = await take();
      assert.equal(job.data.runId, 'audit');
      assert.equal((await queues.counts()).active, 1);
      await job.moveToCompleted({}, token, false);
    });

    it('add a shard again that was lost, or whose results are gone, and no other', async () => {
      const ensure = (shard: number, runId = 'audit') =>
        queues.ensureShard(shardJob(runId, shard), 'audit');
      assert.equal(await ensure(5, 'run-a'), 'waiting');
      assert.equal(await ensure(0), 'added', 'it was completed before');
      assert.equal(await ensure(0), 'waiting');
      assert.equal(await ensure(1), 'added', 'it was never there');
    });

    it('keep a shard that failed for good, with its reason, until it is asked for again', async () => {
      const job = await take();
      await job.moveToFailed(new UnrecoverableError('no such model'), token, false);
      assert.equal(await queues.failureOf(job.data), 'no such model');
      assert.equal(await queues.failureOf(shardJob('run-a', 5)), undefined);
      assert.equal(await queues.ensureShard(job.data, 'audit'), 'failed');
      assert.equal((await queues.counts()).failed, 1);
      assert.equal(await queues.ensureShard(job.data, 'audit', true), 'added');
      assert.equal((await queues.counts()).failed, 0);
    });

    it('ask for a summary once, and again when it was made before', async () => {
      const job = { v: 1, out: 's3://results/here', runId: 'audit' } as const;
      const summarizer = new Worker<SummaryJob>(queueNames.summaries, undefined, {
        ...{ connection, prefix: queuePrefix, autorun: false },
      });
      summarizer.on('error', () => {});
      after(() => summarizer.close());
      await Promise.all([queues.addSummary(job), queues.addSummary(job)]);
      assert.equal(await queues.summaries.getWaitingCount(), 1);
      const taken = await summarizer.getNextJob(token);
      await queues.addSummary(job);
      assert.equal(await queues.summaries.getWaitingCount(), 0, 'one is being made');
      await taken?.moveToCompleted({}, token, false);
      await queues.addSummary(job);
      assert.equal(await queues.summaries.getWaitingCount(), 1, 'its results may be gone');
    });

    it('take only what is missing of a run that is there, and tell what failed for good', async () => {
      const spec = { runId: 'again', dataset: { shards: 5 } } as RunSpec;
      const own = new MemoryStore('again');
      const request = { queues, store: own, spec, priority: 'audit', created: false } as const;
      await own.put(objectKeys.done('again', 4), new Uint8Array());
      await putFailedShard(own, { runId: 'again', shard: 3, reason: 'no such model' });
      const jobOf = (shard: number) => ({ ...shardJob('again', shard), out: own.uri });
      await queues.addShards([jobOf(0)], 'audit');
      let job = await take();
      while (job.data.runId !== 'again') {
        await job.moveToCompleted({}, token, false);
        job = await take();
      }
      await job.moveToFailed(new UnrecoverableError('no such model'), token, false);
      await queues.addShards([jobOf(1)], 'audit');
      assert.deepEqual(await enqueueRun(request), { added: 1, done: 1, failed: [0, 3] });
      assert.deepEqual(await enqueueRun(request), { added: 0, done: 1, failed: [0, 3] });
      assert.equal(await queues.ensureShard(jobOf(2), 'audit'), 'waiting');
    });
  });
}
