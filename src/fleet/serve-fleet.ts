import type { Cluster, Redis } from 'ioredis';
import { within } from '../shared/host/within.ts';
import { FleetQueues } from '../shared/queue/fleet-queues.ts';
import { connectRedis, type RedisTarget } from '../shared/queue/redis-connection.ts';
import { type RedisWatch, watchRedis } from '../shared/queue/redis-watch.ts';
import { RunProgress } from '../shared/queue/run-counters.ts';
import type { Logger } from '../shared/telemetry/logger.ts';
import { leaveUnfinished } from './leave-unfinished.ts';
import { PauseWatch } from './pause-watch.ts';
import { lastMs, type Stoppable, untilStopped } from './until-stopped.ts';

/** What a service needs to talk to the fleet. */
export interface ServiceFleet {
  readonly connection: Redis | Cluster;
  readonly redis: RedisWatch;
  readonly queues: FleetQueues;
  readonly progress: RunProgress;
  /** `serveFleet` starts and stops it. */
  readonly pauses: PauseWatch;
}

/** Opens the fleet for a service, which waits for Redis as long as it takes. Sends nothing before `serveFleet`. */
export function openServiceFleet(target: RedisTarget, logger: Logger): ServiceFleet {
  const connection = connectRedis(target, 'work');
  const redis = watchRedis(connection, { url: target.url, logger });
  const queues = new FleetQueues(connection);
  const pauses = new PauseWatch({ queues, redis, logger });
  return { connection, redis, queues, progress: new RunProgress(connection), pauses };
}

/** What serves once Redis is usable. */
export interface FleetService extends Pick<Stoppable, 'stop'> {
  /** Hands back its jobs now; a service without this method is left alone. */
  abort?(): void;
  /** Whether it has no running job. */
  readonly idle: boolean;
  /** Ends at once and without Redis; others get its jobs when their locks expire. */
  drop(): Promise<void>;
}

export interface ServeFleetOptions {
  readonly connection: Redis | Cluster;
  readonly watch: RedisWatch;
  readonly pauses: PauseWatch;
  readonly logger: Logger;
  readonly graceMs: number;
  /** Called once, when Redis is usable for the first time. */
  start(): FleetService;
  onStopping(): void;
}

/**
 * Runs a service of the fleet until a signal ends it, also while it still waits for Redis. Resolves when it has stopped.
 *
 * @throws EigenfleetError `refused` when Redis will never be usable.
 */
export async function serveFleet(options: ServeFleetOptions): Promise<void> {
  const { connection, watch, pauses, logger, graceMs, start, onStopping } = options;
  const leaving = new AbortController();
  let service: FleetService | undefined;
  const started = watch.fit(leaving.signal).then((fit) => {
    if (!fit) return;
    service = start();
    pauses.start();
  });
  const leave = (): void => leaveUnfinished(logger, connection, watch);
  const stopped = untilStopped({
    stop: async () => {
      onStopping();
      leaving.abort();
      await started;
      if (service?.idle && watch.awaited !== undefined) return service.drop();
      setTimeout(() => watch.awaited !== undefined && leave(), graceMs).unref();
      await service?.stop();
    },
    abort: () => {
      service?.abort?.();
      // Else there is nobody to hand jobs back to.
      if (service?.abort === undefined || watch.awaited !== undefined) leave();
    },
    ...{ leave, graceMs },
  });
  watch.start();
  try {
    await Promise.race([stopped, watch.refused, started.then(() => stopped)]);
  } catch (error) {
    await within(lastMs, async () => service?.drop());
    throw error;
  } finally {
    pauses.stop();
    watch.stop();
  }
}
