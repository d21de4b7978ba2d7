import { FleetQueues } from '../shared/queue/fleet-queues.ts';
import { assertRedis, connectRedis, type RedisTarget } from '../shared/queue/redis-connection.ts';
import { redisError } from '../shared/queue/redis-error.ts';
import { RunProgress } from '../shared/queue/run-counters.ts';

/** What a command needs to talk to the fleet. */
export interface FleetConnection {
  readonly queues: FleetQueues;
  readonly progress: RunProgress;
}

/** Opens the fleet for one command and closes it after. Throws `EigenfleetError('redis')` when Redis does not answer, goes away or refuses. */
export async function withFleet<Result>(
  target: RedisTarget,
  command: (fleet: FleetConnection) => Promise<Result>,
): Promise<Result> {
  const connection = connectRedis(target, 'enqueue');
  try {
    await assertRedis(connection, target.url);
    // What fails later is thrown by the call that meets it; an unheard error event would end the process.
    connection.on('error', () => {});
    const queues = new FleetQueues(connection);
    try {
      return await command({ queues, progress: new RunProgress(connection) });
    } finally {
      await queues.close();
    }
  } catch (error) {
    throw redisError(error, target.url);
  } finally {
    connection.disconnect();
  }
}
