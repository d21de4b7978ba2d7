import { setTimeout as passed } from 'node:timers/promises';
import type { Cluster, Redis } from 'ioredis';
import { type EigenfleetError, messageOf } from '../errors.ts';
import { within } from '../host/within.ts';
import type { Logger } from '../telemetry/logger.ts';
import { redisAddress } from './redis-connection.ts';
import { isReply, redisTroubleOf } from './redis-error.ts';
import { probeRedis } from './redis-probe.ts';
import { MissingRightsError } from './redis-rights.ts';
import { lastingRefusal, type Trouble, type TroubleKind, troubleWords } from './redis-trouble.ts';

/** What is needed of a connection: its events `error` and `ready`, and whether it is `ready` now. */
export type HeardConnection = NodeJS.EventEmitter & { readonly status: string };

export interface RedisWatchOptions {
  readonly connection: HeardConnection;
  /** Of this Redis, for messages. */
  readonly url: string;
  readonly logger: Logger;
  /** Resolves when Redis does all that is needed: `probeRedis`. */
  probe(): Promise<void>;
  nowMs?(): number;
  /** Waits between two looks. */
  rest?(ms: number, signal: AbortSignal): Promise<void>;
}

/** While something is wrong it is said again so often; what comes again sooner is taken for the same. */
const againMs = 60_000;
/** Between two looks while something is wrong: at first, usually at most, and at most when looks find nothing and yet it fails again. */
const firstRestMs = 1_000;
const longestRestMs = 5_000;
const longestRelapseMs = 30_000;
/** How long an answer may take. */
const probeLimitMs = 5_000;
/**
 * Knows whether Redis can be worked with, holds back whoever wants to while it cannot, and says what is wrong once, then once a minute, and once that it is
 * over: a client asks again several times a second, and BullMQ thousands of times. A Redis that is away, loads, is full or became a replica is waited for; one that
 * refuses for good ends the service.
 */
export class RedisWatch {
  readonly #options: RedisWatchOptions;
  readonly #ended = new AbortController();
  /** Absent before the first answer and while all is well. */
  #trouble: Trouble | undefined;
  #fit = false;
  #fitSinceMs: number | undefined;
  #before: Trouble | undefined;
  #relapses = 0;
  #looking = false;
  #waiting: (() => void)[] = [];
  #refuse: (error: EigenfleetError) => void = () => {};
  /** Rejects with a sentence when Redis will not be worked with, however long it is waited for. */
  readonly refused: Promise<never>;

  constructor(options: RedisWatchOptions) {
    this.#options = options;
    this.refused = new Promise((_, reject) => {
      this.#refuse = reject;
    });
    // Until somebody listens, it must not end the process.
    this.refused.catch(() => {});
    options.connection.on('error', (error) => this.#meet(redisTroubleOf(error) ?? 'away', error));
  }

  /** Begins to look: nobody passes before. */
  start(): void {
    this.#look();
  }

  stop(): void {
    this.#ended.abort();
    this.#release();
  }

  /** What is waited for, in a sentence; `undefined` while all is well. */
  get awaited(): string | undefined {
    if (this.#trouble === undefined) return undefined;
    const { kind, error } = this.#trouble;
    const [said = ''] = troubleWords[kind][0].split(':');
    return `${said} (${redisAddress(this.#options.url)}: ${messageOf(error)})`;
  }

  /** Waits until Redis can be worked with: `true`; `false` when the signal, or the end of the watch, came first. */
  async fit(signal: AbortSignal): Promise<boolean> {
    while (!this.#fit) {
      if (this.#ended.signal.aborted || signal.aborted) return false;
      await new Promise<void>((resolve) => {
        const passOn = (): void => {
          signal.removeEventListener('abort', passOn);
          resolve();
        };
        signal.addEventListener('abort', passOn);
        this.#waiting.push(passOn);
      });
    }
    return true;
  }

  /** Also hears a BullMQ worker: it has a connection of its own, and errors that are none of Redis. */
  hear(worker: NodeJS.EventEmitter): void {
    worker.on('error', (error: unknown) => this.failed(error));
  }

  /** To be told of what failed, so that others do not meet it too. */
  failed(error: unknown): void {
    const { connection, logger } = this.#options;
    const kind = redisTroubleOf(error) ?? (isReply(error) ? 'odd' : undefined);
    if (kind !== undefined) this.#meet(kind, error);
    else if (connection.status !== 'ready') this.#meet('away', error);
    else logger.warn({ error: messageOf(error) }, 'queue error');
  }

  #meet(kind: TroubleKind, error: unknown): void {
    if (this.#ended.signal.aborted) return;
    const nowMs = this.#now();
    const known = this.#trouble ?? this.#relapse(kind, nowMs);
    const same = known?.kind === kind ? known : undefined;
    const { kindSinceMs = nowMs } = same ?? {};
    const { sinceMs = nowMs, saidMs = this.#say({ kind, error }) } = this.#trouble ?? {};
    // A look finds out all that is missing, a queue only what it needs next.
    const whole = same?.error instanceof MissingRightsError ? same.error : error;
    this.#trouble = { kind, error: whole, sinceMs, kindSinceMs, saidMs };
    if (nowMs - saidMs >= againMs) {
      const awayMs = Math.round(nowMs - sinceMs);
      this.#trouble = { ...this.#trouble, saidMs: this.#say({ kind, error, awayMs }) };
    }
    this.#fit = false;
    const { url } = this.#options;
    const verdict = lastingRefusal(this.#trouble, {
      url,
      nowMs,
      atStart: this.#fitSinceMs === undefined,
    });
    if (verdict !== undefined) this.#refuse(verdict);
    this.#look();
  }

  /** What was wrong shortly before, if it comes again. */
  #relapse(kind: TroubleKind, nowMs: number): Trouble | undefined {
    const recent = nowMs - (this.#fitSinceMs ?? Number.NEGATIVE_INFINITY) < againMs;
    const same = recent && this.#before?.kind === kind;
    this.#relapses = same ? this.#relapses + 1 : 0;
    return same ? this.#before : undefined;
  }

  #say({ kind, error, awayMs }: { kind: TroubleKind; error: unknown; awayMs?: number }): number {
    const scope = { error: messageOf(error), ...(awayMs !== undefined && { awayMs }) };
    const [first, again] = troubleWords[kind];
    this.#options.logger.warn(scope, awayMs === undefined ? first : again);
    return this.#now();
  }

  /** Looks again and again until Redis is fit; one such round at a time. */
  #look(): void {
    if (this.#looking || this.#ended.signal.aborted) return;
    this.#looking = true;
    void this.#lookOn().finally(() => {
      this.#looking = false;
      if (!this.#fit) this.#look();
    });
  }

  async #lookOn(): Promise<void> {
    const { signal } = this.#ended;
    const { probe, rest = restUnlessEnded } = this.#options;
    let asked: Promise<void> | undefined;
    while (!signal.aborted) {
      if (this.#trouble !== undefined) await rest(this.#restMs(this.#trouble), signal);
      // A client that waits for its server asks when that is back: one question is enough.
      asked ??= probe();
      const question = asked;
      const answer = await within(probeLimitMs, () => question);
      if (answer.status === 'late') {
        const { kind = 'away', error = new Error('no answer') } = this.#trouble ?? {};
        this.#meet(kind, error);
        continue;
      }
      asked = undefined;
      if (answer.status === 'answered') return this.#comes();
      this.#meet(redisTroubleOf(answer.error) ?? 'odd', answer.error);
    }
  }

  #restMs({ kind, sinceMs }: Trouble): number {
    const lastedMs = this.#now() - sinceMs;
    const restMs = Math.min(longestRestMs, Math.max(firstRestMs, lastedMs / 2));
    // The connection of a client finds its own pace.
    if (kind === 'away') return restMs;
    return Math.max(restMs, Math.min(longestRelapseMs, firstRestMs * 2 ** this.#relapses));
  }

  #comes(): void {
    const nowMs = this.#now();
    if (this.#trouble !== undefined) {
      const awayMs = Math.round(nowMs - this.#trouble.sinceMs);
      this.#options.logger.info({ awayMs }, 'Redis is back');
    }
    this.#before = this.#trouble;
    this.#trouble = undefined;
    this.#fitSinceMs = nowMs;
    this.#fit = true;
    this.#release();
  }

  #release(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #now(): number {
    return this.#options.nowMs?.() ?? performance.now();
  }
}

/** A watch over a connection to Redis that tries whatever a fleet needs. */
export function watchRedis(
  connection: Redis | Cluster,
  options: Pick<RedisWatchOptions, 'url' | 'logger'>,
): RedisWatch {
  return new RedisWatch({ ...options, connection, probe: () => probeRedis(connection) });
}

async function restUnlessEnded(ms: number, signal: AbortSignal): Promise<void> {
  await passed(ms, undefined, { signal }).catch(() => undefined);
}
