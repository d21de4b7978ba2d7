import type { Cluster, Redis } from 'ioredis';
import { exitCodes } from '../shared/errors.ts';
import { endProcess } from '../shared/host/process-end.ts';
import type { RedisWatch } from '../shared/queue/redis-watch.ts';
import type { Logger } from '../shared/telemetry/logger.ts';

/**
 * Ends a service of the fleet that did not come to its end in time. Nothing is lost by it: its jobs go to others when their locks have run out. BullMQ
 * would wait for a Redis that is away forever.
 */
export function leaveUnfinished(
  logger: Logger,
  connection: Redis | Cluster,
  watch: Pick<RedisWatch, 'awaited'>,
): void {
  const why = watch.awaited ?? 'something still ran';
  logger.error(
    `not stopped in time, ${why}: left as it is; jobs in hand go to others when their locks have run out`,
  );
  connection.disconnect();
  endProcess(exitCodes.interrupted);
}
