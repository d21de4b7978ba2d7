import { EigenfleetError } from '../shared/errors.ts';
import { within } from '../shared/host/within.ts';
import type { QueueCounts } from '../shared/queue/fleet-queues.ts';
import type { LiveWorker } from '../shared/queue/live-worker.ts';
import { isRedisError, redisReason, redisTroubleOf } from '../shared/queue/redis-error.ts';
import type { RunProgress } from '../shared/queue/run-counters.ts';
import type { QueueName } from '../shared/queue/shard-job.ts';
import type { FleetConnection } from './fleet-connection.ts';

/** What only Redis knows about a fleet, or why it does not answer. */
export type FleetState =
  | {
      readonly redis: 'answers';
      readonly workers: readonly LiveWorker[];
      readonly queue: QueueCounts;
      readonly coordinatorAlive: boolean;
      /** Queues that somebody paused. */
      readonly paused: readonly QueueName[];
    }
  | { readonly redis: 'away'; readonly reason: string };

/** How long a single look waits for Redis. */
const limitMs = 5_000;

/**
 * Asks Redis about the fleet, for callers that work without it.
 *
 * @throws EigenfleetError `refused` when waiting for Redis would not help.
 */
export async function readFleetState(fleet: FleetConnection): Promise<FleetState> {
  const answer = await within(limitMs, async () => {
    const workers = await fleet.progress.listWorkers();
    const coordinatorAlive = await fleet.progress.isCoordinatorAlive();
    const queue = await fleet.queues.counts();
    const paused = await fleet.queues.paused();
    return { redis: 'answers', workers, coordinatorAlive, queue, paused } as const;
  });
  if (answer.status === 'answered') return answer.value;
  const refusal = fleet.refusal();
  if (refusal !== undefined) throw refusal;
  if (answer.status === 'late') return { redis: 'away', reason: 'no answer' };
  if (!isPassing(answer.error)) throw answer.error;
  return { redis: 'away', reason: redisReason(answer.error) };
}

/** Returns whether an error of Redis may pass soon. */
export function isPassing(error: unknown): boolean {
  if (error instanceof EigenfleetError) return error.code === 'redis';
  const trouble = redisTroubleOf(error);
  return trouble === undefined ? isRedisError(error) : trouble !== 'refused';
}

/** The same counts from storage, where Redis has none. */
export const noCounts: Pick<RunProgress, 'readProgress'> = {
  readProgress: async () => ({
    ...{ done: 0, failed: 0, images: 0, imagesFailed: 0, imagesLive: 0, cancelled: false },
  }),
};
