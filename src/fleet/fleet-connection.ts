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
  readonly queues: FleetQueues;
  readonly progress: RunProgress;
  /** Why the connection cannot be had, if waiting will not change it: commands only say how often it was tried. */
  refusal(): EigenfleetError | undefined;
}

/**
 * `needed`: without it the command can do nothing. `awaited`: the command does without it for a while, and asks it itself.
 */
export type RedisNeed = 'needed' | 'awaited';

/**
 * Opens the fleet for one command and closes it after.
 *
 * @throws EigenfleetError `redis` when Redis does not answer or goes away, `refused` when it will not do what is needed.
 */
export async function withFleet<Result>(
  target: RedisTarget,
  command: (fleet: FleetConnection) => Promise<Result>,
  need: RedisNeed = 'needed',
): Promise<Result> {
  const connection = connectRedis(target, 'enqueue');
  let last: unknown;
  // What fails is thrown by the call that meets it; an unheard error event would end the process.
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
      return await command({ queues, progress: new RunProgress(connection), refusal });
    } finally {
      await queues.close();
    }
  } catch (error) {
    throw redisError(error, target.url);
  } finally {
    connection.disconnect();
  }
}
