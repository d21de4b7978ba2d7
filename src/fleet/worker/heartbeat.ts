import { hostname } from 'node:os';
import { messageOf } from '../../shared/errors.ts';
import { within } from '../../shared/host/within.ts';
import { type RunProgress, workerExpirySeconds } from '../../shared/queue/run-counters.ts';
import { shardJobId } from '../../shared/queue/shard-job.ts';
import { type RunAddress, runKeyOf, type ShardAddress } from '../../shared/run/run-address.ts';
import type { Logger } from '../../shared/telemetry/logger.ts';

export interface Heartbeat {
  /** One more image of a shard was processed. */
  sample(shard: ShardAddress): void;
  /** The shard is done: its images stay counted. */
  keep(shard: ShardAddress): void;
  /** The shard was released: unless it is done, the next worker counts its images again, so they are subtracted. */
  giveUp(shard: ShardAddress): void;
  stop(): Promise<void>;
}

export interface HeartbeatOptions {
  readonly progress: Pick<RunProgress, 'heartbeat' | 'reportImages' | 'leave'>;
  readonly worker: string;
  readonly device: string;
  readonly logger: Logger;
}

const everyMs = 2_000;

/**
 * Reports that the worker is alive and how many images it has processed, every two seconds: per image it would cost more
 * than it is worth.
 */
export function startHeartbeat({ progress, worker, device, logger }: HeartbeatOptions): Heartbeat {
  const startedAt = new Date().toISOString();
  const unsaid = new Map<string, { readonly run: RunAddress; readonly count: number }>();
  const ofShards = new Map<string, number>();
  let images = 0;
  const add = ({ out, runId }: RunAddress, count: number): void => {
    const key = runKeyOf({ out, runId });
    unsaid.set(key, { run: { out, runId }, count: (unsaid.get(key)?.count ?? 0) + count });
  };
  const tell = async (): Promise<void> => {
    const told = [...unsaid.values()];
    unsaid.clear();
    for (const { run, count } of told) {
      if (count !== 0) await progress.reportImages(run, count);
    }
  };
  const quietly = async (telling: () => Promise<void>): Promise<void> => {
    try {
      await telling();
    } catch (error) {
      logger.debug({ error: messageOf(error) }, 'heartbeat missed');
    }
  };
  const beat = (): Promise<void> =>
    quietly(async () => {
      await progress.heartbeat({ worker, host: hostname(), device, startedAt, images });
      await tell();
    });
  const leave = (): Promise<void> =>
    quietly(async () => {
      await progress.leave(worker);
      await tell();
    });
  void beat();
  const timer = setInterval(() => void beat(), Math.min(everyMs, workerExpirySeconds * 250));
  return {
    sample: (shard) => {
      images += 1;
      add(shard, 1);
      const key = shardJobId(shard);
      ofShards.set(key, (ofShards.get(key) ?? 0) + 1);
    },
    keep: (shard) => void ofShards.delete(shardJobId(shard)),
    giveUp: (shard) => {
      const key = shardJobId(shard);
      add(shard, -(ofShards.get(key) ?? 0));
      ofShards.delete(key);
    },
    stop: async () => {
      clearInterval(timer);
      // The connection may be gone for good; stopping must not wait for it.
      await within(1_000, leave);
    },
  };
}
