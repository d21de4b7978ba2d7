/** Stages of a shard, in order; the keys of `timingsMs` in a marker. */
export const stages = [
  'carry',
  'fetch',
  'decode',
  'letterbox',
  'infer',
  'measure',
  'overlay',
  'write',
  'evaluate',
] as const;
export type Stage = (typeof stages)[number];

/** Milliseconds of work by stage, summed over samples. Decoding includes the wait for a free decoder thread. */
export class StageTimer {
  readonly #totalsMs = new Map<Stage, number>();

  add(stage: Stage, ms: number): void {
    this.#totalsMs.set(stage, (this.#totalsMs.get(stage) ?? 0) + ms);
  }

  /** Runs `work` and books its duration. */
  async time<Value>(stage: Stage, work: () => Promise<Value>): Promise<Value> {
    const startedMs = performance.now();
    try {
      return await work();
    } finally {
      this.add(stage, performance.now() - startedMs);
    }
  }

  /** The totals so far, rounded to tenths of a millisecond. */
  totals(): Record<string, number> {
    const totals: Record<string, number> = {};
    for (const stage of stages) {
      const ms = this.#totalsMs.get(stage);
      if (ms !== undefined) totals[stage] = Math.round(ms * 10) / 10;
    }
    return totals;
  }
}
