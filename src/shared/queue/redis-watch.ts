import { setTimeout as passed } from 'node:timers/promises';
import type { Cluster, Redis } from 'ioredis';
import { type EigenfleetError, messageOf } from '../errors.ts';
import { within } from '../host/within.ts';
import type { Logger } from '../telemetry/logger.ts';
import { tooManyClients } from './full-redis.ts';
import { redisAddress } from './redis-connection.ts';
import { isReply, redisTroubleOf } from './redis-error.ts';
import { probeRedis } from './redis-probe.ts';
import { MissingRightsError } from './redis-rights.ts';
import { lastingRefusal, type Trouble, type TroubleKind, troubleWords } from './redis-trouble.ts';

/** What we need from a connection: its events `error` and `ready`, and whether it is `ready` now. */
export type HeardConnection = NodeJS.EventEmitter & { readonly status: string };

export interface RedisWatchOptions {
  readonly connection: HeardConnection;
  /** Of this Redis, for messages. */
  readonly url: string;
  readonly logger: Logger;
  /** Resolves when Redis does everything we need: `probeRedis`. */
  probe(): Promise<void>;
  nowMs?(): number;
  /** Why the connection broke, where Redis says it to those who only listen. */
  explain?(error: unknown): Promise<Error | undefined>;
  /** Waits between two probes. */
  rest?(ms: number, signal: AbortSignal): Promise<void>;
}

/** Interval of repeated notes while something is wrong; a fault that returns sooner counts as the same one. */
const againMs = 60_000;
/** Delay between two probes while something is wrong: the first one, the usual maximum, and the maximum when probes pass and yet it fails again. */
const firstRestMs = 1_000;
const longestRestMs = 5_000;
const longestRelapseMs = 30_000;
/** How long an answer may take. */
const probeLimitMs = 5_000;
/**
 * Knows whether Redis is usable, holds callers back while it is not, and reports what is wrong once, then once a minute, and once when it is
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
  /** Rejects with a sentence when Redis will never be usable, however long we wait. */
  readonly refused: Promise<never>;

  constructor(options: RedisWatchOptions) {
    this.#options = options;
    this.refused = new Promise((_, reject) => {
      this.#refuse = reject;
    });
    // An unhandled rejection must not end the process before somebody listens.
    this.refused.catch(() => {});
    options.connection.on('error', (error) => this.#hear(redisTroubleOf(error) ?? 'away', error));
  }

  /** Starts probing: nobody passes before the first success. */
  start(): void {
    this.#look();
  }

  stop(): void {
    this.#ended.abort();
    this.#release();
  }

  /** Returns what we wait for, in a sentence; `undefined` while all is well. */
  get awaited(): string | undefined {
    if (this.#trouble === undefined) return undefined;
    const { kind, error } = this.#trouble;
    const [said = ''] = troubleWords[kind][0].split(':');
    return `${said} (${redisAddress(this.#options.url)}: ${messageOf(error)})`;
  }

  /** Waits until Redis is usable. Returns `true`, or `false` when the signal or the end of the watch came first. */
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

  /** Also listens to a BullMQ worker: it has its own connection, and errors that do not come from Redis. */
  hear(worker: NodeJS.EventEmitter): void {
    worker.on('error', (error: unknown) => this.failed(error));
  }

  /** Report a failure here, so that others do not run into it too. */
  failed(error: unknown): void {
    const { connection, logger } = this.#options;
    const kind = redisTroubleOf(error) ?? (isReply(error) ? 'odd' : undefined);
    if (kind !== undefined) this.#hear(kind, error);
    else if (connection.status !== 'ready') this.#hear('away', error);
    else logger.warn({ error: messageOf(error) }, 'queue error');
  }

  /** Nobody passes while a broken connection is explained. */
  #hear(kind: TroubleKind, error: unknown): void {
    const { explain } = this.#options;
    if (kind !== 'away' || explain === undefined) {
      this.#meet(kind, error);
      return;
    }
    this.#fit = false;
    void explain(error).then((full) =>
      this.#meet(full === undefined ? kind : 'busy', full ?? error),
    );
  }

  #meet(kind: TroubleKind, error: unknown): void {
    if (this.#ended.signal.aborted) return;
    const nowMs = this.#now();
    const known = this.#trouble ?? this.#relapse(kind, nowMs);
    const same = known?.kind === kind ? known : undefined;
    const { kindSinceMs = nowMs } = same ?? {};
    const { sinceMs = nowMs, saidMs = this.#say({ kind, error }) } = this.#trouble ?? {};
    // A probe finds everything that is missing, a queue only what it needs next.
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

  /** The previous fault, if it returns shortly after. */
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

  /** Probes until Redis is usable; one loop at a time. */
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
      // A client that waits for its server asks once it is back: one question is enough.
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
    // A client's connection backs off by itself.
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

/** Returns a watch over a connection to Redis that probes everything a fleet needs. */
export function watchRedis(
  connection: Redis | Cluster,
  options: Pick<RedisWatchOptions, 'url' | 'logger'>,
): RedisWatch {
  const explain = (error: unknown) => tooManyClients(options.url, error);
  return new RedisWatch({ ...options, connection, explain, probe: () => probeRedis(connection) });
}

async function restUnlessEnded(ms: number, signal: AbortSignal): Promise<void> {
  await passed(ms, undefined, { signal }).catch(() => undefined);
}
