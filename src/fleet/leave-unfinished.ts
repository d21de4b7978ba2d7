import type { Cluster, Redis } from 'ioredis';
import { exitCodes } from '../shared/errors.ts';
import { endProcess } from '../shared/host/process-end.ts';
import type { RedisWatch } from '../shared/queue/redis-watch.ts';
import type { Logger } from '../shared/telemetry/logger.ts';

/**
 * Ends a service of the fleet that did not stop in time. Nothing is lost: its jobs go to others when their locks expire. BullMQ
 * would wait for a Redis that is away forever.
 */
export function leaveUnfinished(
  logger: Logger,
  connection: Redis | Cluster,
  watch: Pick<RedisWatch, 'awaited'>,
): void {
  const why = watch.awaited ?? 'something still ran';
  logger.error(
    `not stopped in time, ${why}: aborted; its jobs go to others when their locks expire`,
  );
  connection.disconnect();
  endProcess(exitCodes.interrupted);
}
