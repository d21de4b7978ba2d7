import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Heartbeat, startHeartbeat } from '../../../src/fleet/worker/heartbeat.ts';
import type { RunAddress, ShardAddress } from '../../../src/shared/run/places/run-address.ts';
import { silentLogger } from '../../../src/shared/telemetry/logger.ts';

/** A heartbeat and the images that each run has live by it, as Redis would count them. */
function counting(): { heartbeat: Heartbeat; live: Map<string, number> } {
  const live = new Map<string, number>();
  const progress = {
    heartbeat: async () => {},
    leave: async () => {},
    reportImages: async ({ runId }: RunAddress, images: number) =>
      void live.set(runId, (live.get(runId) ?? 0) + images),
  };
  const names = { worker: 'w1', device: 'cpu' };
  return { heartbeat: startHeartbeat({ progress, ...names, logger: silentLogger() }), live };
}

function shardOf(runId: string, shard: number): ShardAddress {
  return { out: 's3://results', runId, shard };
}

it('a worker takes the images of a shard off again that it gives up, at the latest when it leaves', async () => {
  const { heartbeat, live } = counting();
  const [done, handedBack, other] = [shardOf('a', 0), shardOf('a', 1), shardOf('b', 0)];
  for (const shard of [done, handedBack, done, other, handedBack, handedBack]) {
    heartbeat.sample(shard);
  }
  heartbeat.keep(done);
  for (const shard of [done, handedBack]) heartbeat.giveUp(shard);
  heartbeat.giveUp(shardOf('c', 7));
  await heartbeat.stop();
  assert.deepEqual(
    [...live],
    [
      ['a', 2],
      ['b', 1],
    ],
  );
});
