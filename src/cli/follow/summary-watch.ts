export interface FleetLook {
  /** All shards are done or failed for good. */
  readonly settled: boolean;
  readonly coordinatorAlive: boolean;
}

/** How long a summary, or the start of a coordinator, may take before a note. */
const patienceMs = 30_000;

const start = 'start one with "eigenfleet coordinator" and the same --redis';

/** Tells a follower, once each, that no coordinator is alive and that the summary of a settled run is late. */
export class SummaryWatch {
  #absentSinceMs: number | undefined;
  #settledSinceMs: number | undefined;
  #saidAbsent = false;
  #saidSettled = false;

  /** Returns a sentence when there is something to report. */
  look({ settled, coordinatorAlive }: FleetLook, nowMs = performance.now()): string | undefined {
    this.#absentSinceMs = coordinatorAlive ? undefined : (this.#absentSinceMs ?? nowMs);
    this.#settledSinceMs = settled ? (this.#settledSinceMs ?? nowMs) : undefined;
    if (!this.#saidSettled && isOver(this.#settledSinceMs, nowMs)) {
      this.#saidSettled = true;
      return coordinatorAlive
        ? 'All shards are done, and a coordinator is alive, but there is no summary yet: a large run takes minutes; see the log of the coordinator.'
        : `All shards are done, but no coordinator is alive to summarize them: ${start}.`;
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
