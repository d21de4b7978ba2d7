import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import type { LiveWorker } from '../../src/shared/queue/live-worker.ts';
import { connectRedis } from '../../src/shared/queue/redis-connection.ts';
import {
  RunProgress,
  type SettledShard,
  workerExpirySeconds,
} from '../../src/shared/queue/run-counters.ts';
import type { RunAddress } from '../../src/shared/run/places/run-address.ts';
import { openRedisInFlightNote } from '../../src/worker/queue/redis-in-flight-note.ts';
import { startRedis } from '../support/redis-server.ts';
import { startRedisSubjects } from '../support/redis-subjects.ts';

const subjects = await startRedisSubjects();
const total = 20;

function at(runId: string, out = 's3://results/here'): RunAddress {
  return { out, runId };
}

function done(runId: string, shard: number): SettledShard {
  return { ...at(runId), shard, total, outcome: 'done', images: 10 + shard, failed: shard % 2 };
}

function failed(runId: string, shard: number): SettledShard {
  return { ...at(runId), shard, total, outcome: 'failed', images: 0, failed: 0 };
}

const shards = Array.from({ length: total }, (_, shard) => shard);
const imagesOfAll = shards.reduce((sum, shard) => sum + 10 + shard, 0);

for (const { name, connect } of subjects) {
  describe(`the progress of a run in ${name}`, () => {
    const connection = connect();
    const progress = new RunProgress(connection);
    const other = new RunProgress(connect());

    it('knows whether a coordinator is alive', async () => {
      assert.equal(await other.isCoordinatorAlive(), false);
      await progress.coordinatorBeat();
      assert.equal(await other.isCoordinatorAlive(), true);
      await progress.coordinatorLeaves();
      assert.equal(await other.isCoordinatorAlive(), false);
    });

    it('tells one of fifty who book the same shards at once that theirs was the last', async () => {
      const runId = 'crowd';
      const crowd = Array.from({ length: 50 }, (_, n) => (n % 2 === 0 ? progress : other));
      const answers = await Promise.all(
        crowd.flatMap((one) => shards.map((shard) => one.markShardSettled(done(runId, shard)))),
      );
      const count = (answer: string): number => answers.filter((said) => said === answer).length;
      assert.equal(count('last'), 1);
      assert.equal(count('more'), total - 1);
      assert.equal(count('repeated'), 49 * total);
      assert.deepEqual(await other.readProgress(at(runId)), {
        ...{ done: total, failed: 0, images: imagesOfAll, imagesFailed: 10 },
        ...{ imagesLive: imagesOfAll, cancelled: false },
      });
    });

    it('counts a shard once, however often it is booked', async () => {
      const runId = 'repeated';
      assert.equal(await progress.markShardSettled(done(runId, 3)), 'more');
      assert.equal(await progress.markShardSettled(done(runId, 3)), 'repeated');
      assert.equal(await progress.markShardSettled(failed(runId, 4)), 'more');
      assert.equal(await progress.markShardSettled(failed(runId, 4)), 'repeated');
      const counters = await progress.readProgress(at(runId));
      assert.deepEqual([counters.done, counters.failed, counters.images], [1, 1, 13]);
    });

    it('moves a failed shard over when it is done after all, and never back', async () => {
      const runId = 'moved';
      const only = { total: 1 };
      assert.equal(await progress.markShardSettled({ ...failed(runId, 0), ...only }), 'last');
      assert.equal(await progress.markShardSettled({ ...done(runId, 0), ...only }), 'last');
      assert.equal(await progress.markShardSettled({ ...failed(runId, 0), ...only }), 'repeated');
      const counters = await progress.readProgress(at(runId));
      assert.deepEqual([counters.done, counters.failed, counters.images], [1, 0, 10]);
    });

    it('is the same rebuilt from storage as it was booked, and goes on from there', async () => {
      const settled = [...shards.slice(0, -1).map((n) => (n === 7 ? failed : done)('booked', n))];
      for (const one of settled) await progress.markShardSettled(one);
      const booked = await progress.readProgress(at('booked'));
      await progress.markShardSettled(done('rebuilt', 19));
      await progress.rebuild(at('rebuilt'), {
        done: settled.filter(({ outcome }) => outcome === 'done').map(({ shard }) => shard),
        failed: [7],
        images: booked.images,
        imagesFailed: booked.imagesFailed,
      });
      assert.deepEqual(await progress.readProgress(at('rebuilt')), booked);
      for (const { shard } of settled) {
        const again = await progress.markShardSettled({ ...failed('rebuilt', shard) });
        assert.equal(again, 'repeated');
      }
      assert.equal(await progress.markShardSettled(done('rebuilt', 19)), 'last');
    });

    it('rebuilds a run of which nothing is settled', async () => {
      await progress.markShardSettled(done('lost', 2));
      await progress.rebuild(at('lost'), { done: [], failed: [], images: 0, imagesFailed: 0 });
      assert.equal((await progress.readProgress(at('lost'))).done, 0);
      assert.equal(await progress.markShardSettled(done('lost', 2)), 'more');
    });

    it('shows images of running shards, never fewer than those of the done', async () => {
      await progress.reportImages(at('live'), 4);
      await other.reportImages(at('live'), 3);
      assert.equal((await progress.readProgress(at('live'))).imagesLive, 7);
      await progress.markShardSettled(done('live', 0));
      assert.equal((await progress.readProgress(at('live'))).imagesLive, 10);
    });

    it('says to everybody that a run is cancelled, until it is not', async () => {
      assert.equal(await progress.isCancelled(at('stopped')), false);
      await progress.setCancelled(at('stopped'));
      assert.equal(await other.isCancelled(at('stopped')), true);
      assert.equal((await other.readProgress(at('stopped'))).cancelled, true);
      assert.equal(await other.isCancelled(at('another')), false);
      await progress.clearCancelled(at('stopped'));
      assert.equal(await other.isCancelled(at('stopped')), false);
    });

    it('tells the same run in two places apart', async () => {
      const [here, there] = [at('twice', 's3://results/here'), at('twice', 's3://results/there')];
      const settled = { shard: 0, total: 1, outcome: 'done', images: 8, failed: 0 } as const;
      assert.equal(await progress.markShardSettled({ ...here, ...settled }), 'last');
      await progress.setCancelled(here);
      await progress.reportImages(here, 9);
      assert.deepEqual(await other.readProgress(there), {
        ...{ done: 0, failed: 0, images: 0, imagesFailed: 0, imagesLive: 0, cancelled: false },
      });
      assert.equal(await other.markShardSettled({ ...there, ...settled }), 'last');
    });

    it('knows where results lie, each place once', async () => {
      for (const out of ['s3://b/two', 's3://a/one', 's3://b/two']) await progress.rememberOut(out);
      assert.deepEqual(await other.listOuts(), ['s3://a/one', 's3://b/two']);
    });

    it('lists workers until they leave or fall silent', async () => {
      const worker = (n: number): LiveWorker => ({
        ...{ worker: `w${n}`, host: 'h', device: 'cpu', images: n },
        startedAt: '2026-01-01T00:00:00.000Z',
      });
      await progress.heartbeat(worker(2));
      await other.heartbeat(worker(1));
      await other.heartbeat(worker(3));
      await other.leave('w3');
      assert.deepEqual(await progress.listWorkers(), [worker(1), worker(2)]);
      const key = '{eigenfleet}:worker:w1';
      const ms = await connection.pttl(key);
      assert.ok(ms > 0 && ms <= workerExpirySeconds * 1000);
      // As if it had been silent for so long.
      await connection.pexpire(key, 0);
      assert.deepEqual(await progress.listWorkers(), [worker(2)]);
      assert.deepEqual(await connection.smembers('{eigenfleet}:worker-names'), ['w2']);
    });

    it('says again that a shard was the last when the connection broke before the answer', async () => {
      const calls: Parameters<typeof connection.eval>[] = [];
      const recording = new Proxy(connection, {
        get: (target, name) =>
          name !== 'eval'
            ? Reflect.get(target, name)
            : (...call: Parameters<typeof connection.eval>) => {
                calls.push(call);
                return target.eval(...call);
              },
      });
      const only = { ...done('resent', 0), total: 1 };
      assert.equal(await new RunProgress(recording).markShardSettled(only), 'last');
      // What a client does with a command that got no answer: it sends the same again.
      assert.equal(await connection.eval(...calls[0]!), 'last');
      assert.equal(await progress.markShardSettled(only), 'repeated');
      assert.equal((await progress.readProgress(at('resent'))).done, 1);
    });
  });
}

it('progress and crash notes survive that Redis is killed and started again', async () => {
  const server = await startRedis();
  after(server.close);
  const connection = connectRedis({ url: server.url, cluster: false }, 'work');
  connection.on('error', () => {});
  after(() => connection.disconnect());
  const progress = new RunProgress(connection);
  assert.equal(await progress.markShardSettled({ ...done('killed', 0), total: 2 }), 'more');
  // Redis holds writes of the last seconds back while its disk is busy, unless told to write before it answers.
  await connection.config('SET', 'appendfsync', 'always');
  await (await openRedisInFlightNote(connection, { ...at('killed'), shard: 5 })).begin(7);
  await server.kill('SIGKILL');
  // Waits while Redis is away, as a worker does.
  const afterwards = progress.markShardSettled({ ...done('killed', 1), total: 2 });
  await server.restart();
  assert.equal(await afterwards, 'last');
  assert.deepEqual(
    (await openRedisInFlightNote(connection, { ...at('killed'), shard: 5 })).suspects,
    [7],
  );
});
