import { messageOf } from '../../shared/errors.ts';
import { within } from '../../shared/host/within.ts';
import type { RunProgress } from '../../shared/queue/run-counters.ts';
import type { Logger } from '../../shared/telemetry/logger.ts';

/** Well within `coordinatorExpirySeconds`, and soon again after another coordinator has left. */
const beatEveryMs = 5_000;

export interface CoordinatorBeat {
  /** Stops beating. */
  end(): void;
  /** Reports that the coordinator leaves, if Redis is reachable. */
  leave(): Promise<void>;
}

/** Reports every five seconds that a coordinator is alive. */
export function startCoordinatorBeat(progress: RunProgress, logger: Logger): CoordinatorBeat {
  let ended = false;
  let next: NodeJS.Timeout | undefined;
  const missed = (error: unknown): void =>
    logger.debug({ error: messageOf(error) }, 'heartbeat missed');
  const beat = async (): Promise<void> => {
    await progress.coordinatorBeat().catch(missed);
    if (!ended) next = setTimeout(() => void beat(), beatEveryMs);
  };
  void beat();
  const end = (): void => {
    ended = true;
    clearTimeout(next);
  };
  return {
    end,
    leave: async () => {
      end();
      // Redis may be away for good; stopping must not wait for it.
      await within(1_000, () => progress.coordinatorLeaves());
    },
  };
}
