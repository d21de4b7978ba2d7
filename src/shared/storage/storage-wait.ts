import { setTimeout as passed } from 'node:timers/promises';
import { StorageUnavailableError } from '../host/storage-unavailable.ts';

/** A notice for people while a request waits. */
export interface StorageNotice {
  readonly status: 'away' | 'still away' | 'back';
  /** Why it is unusable, as a sentence; for `back`: why it was. */
  readonly reason: string;
  /** How long it has been away, or was. */
  readonly awayMs: number;
}

export interface StorageWaitOptions {
  /** How long one request may wait in all; 0: not at all. */
  readonly limitMs: number;
  /** The same for faults that seldom pass by themselves; `limitMs` when absent. */
  readonly lastingLimitMs?: number;
  /**
   * Whether to wait for a missing right or a wrong address even before anything succeeded. A person who mistyped must learn it at once; a service was
   * configured by somebody else, and continues once that is fixed.
   */
  readonly fromStart: boolean;
  /** Ends all waiting: each request then fails with the fault that it waited out. */
  readonly signal: AbortSignal;
  /** Called when storage goes away, at most once a minute while it is away, and when it is back. */
  say(notice: StorageNotice): void;
  /** Before the second attempt; doubles up to `mostDelayMs`. */
  readonly firstDelayMs?: number;
  readonly nowMs?: () => number;
}

const mostDelayMs = 8_000;
/** Interval of repeated notices while storage is away. */
const againMs = 60_000;

interface Away {
  readonly reason: string;
  readonly sinceMs: number;
}

/** Repeats requests to a storage while it is unusable: full, read-only, refusing, unreachable. One instance for its reads and one for its writes. */
export class StorageWait {
  readonly #options: StorageWaitOptions;
  readonly #nowMs: () => number;
  #trusted: boolean;
  #waiting = 0;
  #away: Away | undefined;
  #saidAway = false;
  #saidMs = Number.NEGATIVE_INFINITY;

  constructor(options: StorageWaitOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? (() => performance.now());
    this.#trusted = options.fromStart;
  }

  /** Why storage is unusable now; `undefined` while it works, as far as we know. */
  get fault(): string | undefined {
    return this.#away?.reason;
  }

  /** Runs `request`, retrying while it throws `StorageUnavailableError`; throws that when the wait is over. Other errors pass. */
  async through<T>(request: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const { firstDelayMs = 1_000 } = this.#options;
    let sinceMs: number | undefined;
    try {
      for (let delayMs = firstDelayMs; ; delayMs = Math.min(2 * delayMs, mostDelayMs)) {
        try {
          const answer = await request();
          this.#answers(sinceMs !== undefined);
          return answer;
        } catch (error) {
          if (!(error instanceof StorageUnavailableError)) throw error;
          if (error.lasting && !this.#trusted) throw error;
          const nowMs = this.#nowMs();
          if (sinceMs === undefined) this.#waiting += 1;
          sinceMs ??= nowMs;
          this.#goes(error.message, nowMs);
          await this.#pause(delayMs, error, sinceMs + this.#limitMs(error) - nowMs, signal);
        }
      }
    } finally {
      if (sinceMs !== undefined) this.#waiting -= 1;
    }
  }

  #limitMs({ lasting }: StorageUnavailableError): number {
    const { limitMs, lastingLimitMs = limitMs } = this.#options;
    return lasting ? lastingLimitMs : limitMs;
  }

  /** Throws `error` when time is up, or a signal ends the waiting. */
  async #pause(delayMs: number, error: Error, leftMs: number, own?: AbortSignal): Promise<void> {
    if (leftMs <= 0) throw error;
    const signals = [this.#options.signal, ...(own === undefined ? [] : [own])];
    const signal = AbortSignal.any(signals);
    const spread = delayMs * (0.75 + Math.random() / 2);
    await passed(Math.min(spread, leftMs), undefined, { signal }).catch(() => {
      throw error;
    });
  }

  #goes(reason: string, nowMs: number): void {
    const first = this.#away === undefined;
    this.#away = { reason, sinceMs: this.#away?.sinceMs ?? nowMs };
    if (nowMs - this.#saidMs < againMs) return;
    this.#saidMs = nowMs;
    this.#saidAway = true;
    const awayMs = nowMs - this.#away.sinceMs;
    this.#options.say({ status: first ? 'away' : 'still away', reason, awayMs });
  }

  /** A full disk still takes small files: storage is back when no request waits any longer. */
  #answers(waited: boolean): void {
    this.#trusted = true;
    if (this.#away === undefined || this.#waiting > (waited ? 1 : 0)) return;
    const { reason, sinceMs } = this.#away;
    this.#away = undefined;
    if (!this.#saidAway) return;
    this.#saidAway = false;
    this.#options.say({ status: 'back', reason, awayMs: this.#nowMs() - sinceMs });
  }
}
