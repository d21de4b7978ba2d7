import { messageOf } from '../errors.ts';
import type { Logger } from '../telemetry/logger.ts';
import { isRedisError } from './redis-error.ts';

/** What is needed of a connection: its events `error` and `ready`, and whether it is `ready` now. */
export type HeardConnection = NodeJS.EventEmitter & { readonly status: string };

/** While Redis is away it is said again so often. */
const againMs = 60_000;

/**
 * Says once that Redis is away, then once a minute, and once that it is back. A client tries again several times a second, each connection by itself, and
 * each try fails aloud.
 */
export class RedisOutage {
  readonly #connection: HeardConnection;
  readonly #logger: Logger;
  readonly #nowMs: () => number;
  /** Absent while Redis is there. */
  #away: { readonly sinceMs: number; saidMs: number } | undefined;

  constructor(connection: HeardConnection, logger: Logger, nowMs = () => performance.now()) {
    this.#connection = connection;
    this.#logger = logger;
    this.#nowMs = nowMs;
    connection.on('error', (error) => this.#goes(error));
    connection.on('ready', () => this.#comes());
  }

  /** Also hears a BullMQ worker: it has a connection of its own beside this one, and errors that are no outage. */
  hear(worker: NodeJS.EventEmitter): void {
    worker.on('error', (error) => {
      if (this.#connection.status !== 'ready' || isLostConnection(error)) this.#goes(error);
      else this.#logger.warn({ error: messageOf(error) }, 'queue error');
    });
    worker.on('ready', () => this.#comes());
  }

  #goes(error: unknown): void {
    const nowMs = this.#nowMs();
    const scope = { error: messageOf(error) };
    if (this.#away === undefined) {
      this.#away = { sinceMs: nowMs, saidMs: nowMs };
      this.#logger.warn(scope, 'Redis is away: waiting for it');
    } else if (nowMs - this.#away.saidMs >= againMs) {
      this.#away.saidMs = nowMs;
      const awayMs = Math.round(nowMs - this.#away.sinceMs);
      this.#logger.warn({ ...scope, awayMs }, 'Redis is still away');
    }
  }

  #comes(): void {
    if (this.#away === undefined || this.#connection.status !== 'ready') return;
    const awayMs = Math.round(this.#nowMs() - this.#away.sinceMs);
    this.#away = undefined;
    this.#logger.info({ awayMs }, 'Redis is back');
  }
}

/** An error of the system, such as ECONNREFUSED, or of the client; an answer of Redis is neither. */
function isLostConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const ofSystem = 'code' in error && /^E[A-Z_]+$/.test(String(error.code));
  return ofSystem || (isRedisError(error) && error.name !== 'ReplyError');
}
