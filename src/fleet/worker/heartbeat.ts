import { hostname } from 'node:os';
import { messageOf } from '../../shared/errors.ts';
import { within } from '../../shared/host/within.ts';
import { type RunProgress, workerExpirySeconds } from '../../shared/queue/run-counters.ts';
import { shardJobId } from '../../shared/queue/shard-job.ts';
import {
  type RunAddress,
  runKeyOf,
  type ShardAddress,
} from '../../shared/run/places/run-address.ts';
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

/** Images that nobody has been told of yet, by run; and by shard, so that those of one that is given up can be taken back. */
class ImageTally {
  readonly #unsaid = new Map<string, { readonly run: RunAddress; readonly count: number }>();
  readonly #ofShards = new Map<string, number>();
  /** Of all runs, since the worker started. */
  images = 0;

  sample(shard: ShardAddress): void {
    this.images += 1;
    this.#add(shard, 1);
    const key = shardJobId(shard);
    this.#ofShards.set(key, (this.#ofShards.get(key) ?? 0) + 1);
  }

  keep(shard: ShardAddress): void {
    this.#ofShards.delete(shardJobId(shard));
  }

  giveUp(shard: ShardAddress): void {
    this.#add(shard, -(this.#ofShards.get(shardJobId(shard)) ?? 0));
    this.keep(shard);
  }

  /** Returns what to report now, and marks it as reported. */
  take(): { readonly run: RunAddress; readonly count: number }[] {
    const told = [...this.#unsaid.values()].filter(({ count }) => count !== 0);
    this.#unsaid.clear();
    return told;
  }

  #add({ out, runId }: RunAddress, count: number): void {
    const key = runKeyOf({ out, runId });
    const unsaid = this.#unsaid.get(key)?.count ?? 0;
    this.#unsaid.set(key, { run: { out, runId }, count: unsaid + count });
  }
}

/**
 * Reports that the worker is alive and how many images it has processed, every two seconds: per image it would cost more
 * than it is worth.
 */
export function startHeartbeat({ progress, worker, device, logger }: HeartbeatOptions): Heartbeat {
  const startedAt = new Date().toISOString();
  const tally = new ImageTally();
  const tell = async (): Promise<void> => {
    for (const { run, count } of tally.take()) await progress.reportImages(run, count);
  };
  const quietly = async (telling: () => Promise<void>): Promise<void> => {
    try {
      await telling();
      await tell();
    } catch (error) {
      logger.debug({ error: messageOf(error) }, 'heartbeat missed');
    }
  };
  const beat = (): Promise<void> =>
    quietly(() =>
      progress.heartbeat({ worker, host: hostname(), device, startedAt, images: tally.images }),
    );
  void beat();
  const timer = setInterval(() => void beat(), Math.min(everyMs, workerExpirySeconds * 250));
  return {
    sample: (shard) => tally.sample(shard),
    keep: (shard) => tally.keep(shard),
    giveUp: (shard) => tally.giveUp(shard),
    stop: async () => {
      clearInterval(timer);
      // The connection may be gone for good; stopping must not wait for it.
      await within(1_000, () => quietly(() => progress.leave(worker)));
    },
  };
}
