import { formatDuration } from '../../shared/host/format-duration.ts';

export interface PatienceOptions {
  /** The service: `Redis`. */
  readonly name: string;
  /** Why it is away, in a few words; `undefined` for an error that waiting does not fix. */
  reasonOf(error: unknown): string | undefined;
  note(line: string): void;
  /** How long it may be away. */
  readonly limitMs?: number | undefined;
}

/** Longer than Redis or a storage takes to move or restart; a person who follows a run must be told eventually. */
const defaultLimitMs = 10 * 60_000;

/** Interval of repeated notes while something is away. */
const againMs = 60_000;

/** Calls a part of the fleet that may be away for a while: reports that it is away, once a minute that it still is, and once that it is back. */
export class Patience {
  readonly #options: PatienceOptions;
  #awaySinceMs: number | undefined;
  #saidMs = 0;

  constructor(options: PatienceOptions) {
    this.#options = options;
  }

  /** `undefined` while it is away. Throws the error after it was away for too long, and every other error. */
  async ask<Answer>(
    question: () => Promise<Answer>,
    nowMs = performance.now(),
  ): Promise<Answer | undefined> {
    const { name, note } = this.#options;
    try {
      const answer = await question();
      if (this.#awaySinceMs !== undefined) note(`${name} is back.`);
      this.#awaySinceMs = undefined;
      return answer;
    } catch (error) {
      this.#bear(error, nowMs);
      return undefined;
    }
  }

  #bear(error: unknown, nowMs: number): void {
    const { name, note, reasonOf, limitMs = defaultLimitMs } = this.#options;
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    if (this.#awaySinceMs === undefined) {
      const until = limitMs > 0 ? `, waiting for it up to ${formatDuration(limitMs)}` : '';
      note(`${name} is away${until}: ${reason}`);
      this.#saidMs = nowMs;
    }
    this.#awaySinceMs ??= nowMs;
    if (nowMs - this.#saidMs >= againMs) {
      this.#saidMs = nowMs;
      const awayFor = formatDuration(nowMs - this.#awaySinceMs);
      note(`${name} is still away, for ${awayFor} now: ${reason}`);
    }
    if (nowMs - this.#awaySinceMs >= limitMs) throw error;
  }
}
