import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RunProgress } from '../../src/shared/queue/run-counters.ts';
import { runKeyOf, type ShardAddress } from '../../src/shared/run/places/run-address.ts';
import { openRedisInFlightNote } from '../../src/worker/queue/redis-in-flight-note.ts';
import { startRedisSubjects } from '../support/redis-subjects.ts';

const subjects = await startRedisSubjects();

function shardOf(runId: string, shard: number, out = 's3://results/here'): ShardAddress {
  return { out, runId, shard };
}

for (const { name, connect } of subjects) {
  describe(`the crash note of a shard in ${name}`, () => {
    const one = connect();
    const other = connect();

    it('suspects what was under way in a dead attempt, and quarantines what dies alone three times', async () => {
      const first = await openRedisInFlightNote(one, shardOf('poison', 3));
      assert.deepEqual(first.suspects, []);
      for (const row of [4, 5, 6]) await first.begin(row);
      await first.end(5);
      const second = await openRedisInFlightNote(other, shardOf('poison', 3));
      assert.deepEqual(second.suspects, [4, 6]);
      assert.deepEqual([...second.quarantined], []);
      await second.begin(4);
      await second.end(4);
      await second.begin(6);
      for (const _ of ['second', 'third']) {
        const again = await openRedisInFlightNote(one, shardOf('poison', 3));
        assert.deepEqual([again.suspects, [...again.quarantined]], [[6], []]);
        await again.begin(6);
      }
      const last = await openRedisInFlightNote(one, shardOf('poison', 3));
      assert.deepEqual([last.suspects, [...last.quarantined]], [[], [6]]);
    });

    it('knows in the next attempt what a process of its own died of', async () => {
      const first = await openRedisInFlightNote(one, shardOf('condemned', 1));
      for (const row of [4, 6]) await first.begin(row);
      const second = await openRedisInFlightNote(other, shardOf('condemned', 1));
      await second.condemn(6);
      assert.deepEqual([...second.quarantined], [6]);
      await second.begin(4);
      const third = await openRedisInFlightNote(one, shardOf('condemned', 1));
      assert.deepEqual([third.suspects, [...third.quarantined]], [[4], [6]]);
    });

    it('does not convict a row that was alone by chance', async () => {
      await (await openRedisInFlightNote(one, shardOf('chance', 0))).begin(9);
      const second = await openRedisInFlightNote(other, shardOf('chance', 0));
      assert.deepEqual(second.suspects, [9]);
      assert.deepEqual([...second.quarantined], []);
    });

    it('keeps a suspect acquitted that came through before a second crash', async () => {
      await (await openRedisInFlightNote(one, shardOf('acquitted', 0))).begin(4);
      const second = await openRedisInFlightNote(other, shardOf('acquitted', 0));
      assert.deepEqual(second.suspects, [4]);
      await second.begin(4);
      await second.end(4);
      for (const row of [5, 6]) await second.begin(row);
      assert.deepEqual(
        (await openRedisInFlightNote(one, shardOf('acquitted', 0))).suspects,
        [5, 6],
      );
    });

    it('goes by itself when nobody takes the shard up again', async () => {
      const address = shardOf('forgotten', 0);
      await (await openRedisInFlightNote(one, address)).begin(1);
      const key = `{eigenfleet}:run:${runKeyOf(address)}:crash:0`;
      assert.ok((await other.ttl(key)) > 6 * 86_400);
    });

    it('keeps two attempts at once apart', async () => {
      const first = await openRedisInFlightNote(one, shardOf('twice', 0));
      const second = await openRedisInFlightNote(other, shardOf('twice', 0));
      await first.begin(1);
      await second.begin(1);
      await first.end(1);
      await second.begin(2);
      await first.close('abandoned');
      const third = await openRedisInFlightNote(one, shardOf('twice', 0));
      assert.deepEqual(third.suspects, [1, 2]);
    });

    it('keeps shards, runs and places apart', async () => {
      await (await openRedisInFlightNote(one, shardOf('apart', 1))).begin(0);
      assert.deepEqual((await openRedisInFlightNote(other, shardOf('apart', 2))).suspects, []);
      assert.deepEqual((await openRedisInFlightNote(other, shardOf('apart-2', 1))).suspects, []);
      const elsewhere = shardOf('apart', 1, 's3://results/there');
      assert.deepEqual((await openRedisInFlightNote(other, elsewhere)).suspects, []);
    });

    it('suspects nobody after an attempt that was given up in good order', async () => {
      const first = await openRedisInFlightNote(one, shardOf('orderly', 0));
      await first.begin(1);
      await first.close('abandoned');
      assert.deepEqual((await openRedisInFlightNote(other, shardOf('orderly', 0))).suspects, []);
    });

    it('leaves nothing of a shard that is done', async () => {
      await (await openRedisInFlightNote(one, shardOf('finished', 0))).begin(1);
      const second = await openRedisInFlightNote(other, shardOf('finished', 0));
      assert.deepEqual(second.suspects, [1]);
      await second.close('done');
      const third = await openRedisInFlightNote(one, shardOf('finished', 0));
      assert.deepEqual([third.suspects, [...third.quarantined]], [[], []]);
    });

    it('goes with the booking of results that are there already, and when a sweep finds them', async () => {
      const progress = new RunProgress(one);
      const counts = { images: 2, failed: 0, outcome: 'done', total: 9 } as const;
      for (const found of ['by a worker', 'by a sweep']) {
        const shard = shardOf('booked', 0);
        await (await openRedisInFlightNote(one, shard)).begin(1);
        if (found === 'by a worker') await progress.markShardSettled({ ...shard, ...counts });
        else await progress.rebuild(shard, { done: [0], failed: [], images: 2, imagesFailed: 0 });
        assert.deepEqual((await openRedisInFlightNote(other, shard)).suspects, [], found);
      }
    });
  });
}
