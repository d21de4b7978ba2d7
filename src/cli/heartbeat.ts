import { hostname } from 'node:os';
import { messageOf } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import { type RunAddress, runKeyOf } from '../shared/run-address.ts';
import { type RunProgress, workerExpirySeconds } from '../shared/run-progress.ts';

export interface Heartbeat {
  /** One more image of a run was worked off. */
  sample(run: RunAddress): void;
  stop(): Promise<void>;
}

export interface HeartbeatOptions {
  readonly progress: RunProgress;
  readonly worker: string;
  readonly device: string;
  readonly logger: Logger;
}

const everyMs = 2_000;

/**
 * Tells those who watch that the worker is alive and how many images it has worked off, every two seconds: per image it would cost more
 * than it says.
 */
export function startHeartbeat({ progress, worker, device, logger }: HeartbeatOptions): Heartbeat {
  const startedAt = new Date().toISOString();
  const unsaid = new Map<string, { readonly run: RunAddress; readonly count: number }>();
  let images = 0;
  const beat = async (): Promise<void> => {
    const told = [...unsaid.values()];
    unsaid.clear();
    try {
      await progress.heartbeat({ worker, host: hostname(), device, startedAt, images });
      for (const { run, count } of told) await progress.reportImages(run, count);
    } catch (error) {
      logger.debug({ error: messageOf(error) }, 'heartbeat missed');
    }
  };
  void beat();
  const timer = setInterval(() => void beat(), Math.min(everyMs, workerExpirySeconds * 250));
  return {
    sample: (run) => {
      images += 1;
      const key = runKeyOf(run);
      unsaid.set(key, { run, count: (unsaid.get(key)?.count ?? 0) + 1 });
    },
    stop: async () => {
      clearInterval(timer);
      // The connection may be gone for good; leaving must not wait for it.
      await Promise.race([progress.leave(worker), new Promise((done) => setTimeout(done, 1_000))]);
    },
  };
}
