import type { Cluster, Redis } from 'ioredis';
import type { EigenfleetError } from '../shared/errors.ts';
import { FleetQueues } from '../shared/queue/fleet-queues.ts';
import {
  assertRedis,
  connectRedis,
  type RedisTarget,
  refusedBy,
} from '../shared/queue/redis-connection.ts';
import { redisError } from '../shared/queue/redis-error.ts';
import { probeRedis } from '../shared/queue/redis-probe.ts';
import { RunProgress } from '../shared/queue/run-counters.ts';

/** What a command needs to talk to the fleet. */
export interface FleetConnection {
  readonly connection: Redis | Cluster;
  readonly queues: FleetQueues;
  readonly progress: RunProgress;
  /** Why there is no connection, if waiting will not change it: commands only report how often they tried. */
  refusal(): EigenfleetError | undefined;
}

/**
 * `needed`: the command cannot work without it. `awaited`: the command works without it for a while, and calls it itself.
 */
export type RedisNeed = 'needed' | 'awaited';

/**
 * Opens the fleet for one command and closes it afterward.
 *
 * @throws EigenfleetError `redis` when Redis does not answer or goes away, `refused` when it refuses what we need.
 */
export async function withFleet<Result>(
  target: RedisTarget,
  command: (fleet: FleetConnection) => Promise<Result>,
  need: RedisNeed = 'needed',
): Promise<Result> {
  const connection = connectRedis(target, 'enqueue');
  let last: unknown;
  // The failing call throws; an unhandled error event would end the process.
  connection.on('error', (error) => {
    last = error;
  });
  connection.on('ready', () => {
    last = undefined;
  });
  try {
    if (need === 'needed') {
      await assertRedis(connection, target.url);
      await probeRedis(connection);
    }
    const queues = new FleetQueues(connection);
    const refusal = () => (last === undefined ? undefined : refusedBy(last, target.url));
    try {
      return await command({ connection, queues, progress: new RunProgress(connection), refusal });
    } finally {
      await queues.close();
    }
  } catch (error) {
    throw redisError(error, target.url);
  } finally {
    connection.disconnect();
  }
}
