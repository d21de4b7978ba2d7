export interface FleetLook {
  /** All shards are done or failed for good. */
  readonly settled: boolean;
  readonly coordinatorAlive: boolean;
}

/** What a summary, or the start of a coordinator, may take before anything is said. */
const patienceMs = 30_000;

const start = 'start one with "eigenfleet coordinator" and the same --redis';

/** Tells who follows a run, once each, that no coordinator is alive and that the summary of a settled run does not come. */
export class SummaryWatch {
  #absentSinceMs: number | undefined;
  #settledSinceMs: number | undefined;
  #saidAbsent = false;
  #saidSettled = false;

  /** A sentence when there is something to say. */
  look({ settled, coordinatorAlive }: FleetLook, nowMs = performance.now()): string | undefined {
    this.#absentSinceMs = coordinatorAlive ? undefined : (this.#absentSinceMs ?? nowMs);
    this.#settledSinceMs = settled ? (this.#settledSinceMs ?? nowMs) : undefined;
    if (!this.#saidSettled && isOver(this.#settledSinceMs, nowMs)) {
      this.#saidSettled = true;
      return coordinatorAlive
        ? 'All shards are done, and a coordinator is alive, but there is no summary yet: that of a large run takes minutes; the log of the coordinator says what else keeps it.'
        : `All shards are done, but nobody summarizes: ${start}.`;
    }
    if (!this.#saidAbsent && !settled && isOver(this.#absentSinceMs, nowMs)) {
      this.#saidAbsent = true;
      return `No coordinator is alive, and without one the run gets no summary: ${start}.`;
    }
    return undefined;
  }
}

function isOver(sinceMs: number | undefined, nowMs: number): boolean {
  return sinceMs !== undefined && nowMs - sinceMs >= patienceMs;
}
