import { EigenfleetError, messageOf } from '../errors.ts';
import { tooManyClients } from './full-redis.ts';
import { Cluster, Redis, type RedisOptions } from './ioredis.ts';
import { isOtherDatabase, isReplicaReply, redisRefusalOf } from './redis-refusal.ts';

export interface RedisTarget {
  /** `redis://` or `rediss://`, with credentials if need be; for a cluster any of its nodes. */
  readonly url: string;
  readonly cluster: boolean;
}

/**
 * `enqueue`: throws and lets the caller repeat, since ids are derived. `work`: waits for Redis to come back, as a BullMQ worker must.
 */
export type RedisUse = 'enqueue' | 'work';

/** Starts opening a connection. The caller listens to its errors. */
export function connectRedis({ url, cluster }: RedisTarget, use: RedisUse): Redis | Cluster {
  const options: RedisOptions = {
    reconnectOnError: leavesReplica(),
    ...(use === 'work'
      ? { maxRetriesPerRequest: null, enableReadyCheck: true }
      : { maxRetriesPerRequest: 3, connectTimeout: 5_000 }),
  };
  if (!cluster) return onlyInItsDatabase(new Redis(url, options));
  const { password, username, protocol } = new URL(url);
  const redisOptions: RedisOptions = {
    ...options,
    ...(password !== '' && { password: decodeURIComponent(password) }),
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(protocol === 'rediss:' && { tls: {} }),
  };
  return new Cluster([url], { redisOptions });
}

/** A server without the database that is named would answer all the same, from database 0: runs of others. */
function onlyInItsDatabase(connection: Redis): Redis {
  return connection.on('error', (error) => {
    if (isOtherDatabase(error)) connection.disconnect();
  });
}

/** How often to reopen a connection to a server that stays a replica. */
const reconnectEveryMs = 1_000;

/**
 * A primary that became a replica keeps its connections: after a failover only a new one leads to the new primary. The command that hit it fails, and
 * its sender retries.
 */
function leavesReplica(): (error: Error) => boolean {
  let lastMs = Number.NEGATIVE_INFINITY;
  return (error) => {
    const nowMs = performance.now();
    if (!isReplicaReply(error) || nowMs - lastMs < reconnectEveryMs) return false;
    lastMs = nowMs;
    return true;
  };
}

/** The address without user and password, for messages. */
export function redisAddress(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    return `${protocol}//${host}${pathname}`;
  } catch {
    return 'the Redis URL';
  }
}

/** The user that the address names. */
export function redisUser(url: string): string {
  return URL.canParse(url) ? decodeURIComponent(new URL(url).username) || 'default' : 'default';
}

/**
 * Waits until Redis answers. Throws `EigenfleetError` after `timeoutMs`, since BullMQ alone would wait forever: `redis`, or `refused` when it is there and
 * refuses us.
 */
export async function assertRedis(
  connection: Redis | Cluster,
  url: string,
  timeoutMs = 10_000,
): Promise<void> {
  let last: unknown;
  const onError = (error: unknown): void => {
    last = error;
  };
  connection.on('error', onError);
  const signal = AbortSignal.timeout(timeoutMs);
  const expired = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(last ?? new Error('no answer')), { once: true });
  });
  try {
    await Promise.race([connection.ping(), expired]);
  } catch (error) {
    // What the connection said is the reason; the command only says how often it was tried.
    const cause = last ?? error;
    const refused = refusedBy(cause, url);
    if (refused !== undefined) throw refused;
    const full = await tooManyClients(url, cause);
    if (full !== undefined)
      throw new EigenfleetError('redis', fullWords(url, full), { cause: full });
    throw new EigenfleetError(
      'redis',
      `Redis does not answer at ${redisAddress(url)} (${messageOf(cause)}): start it, or correct --redis or REDIS_URL.`,
      { cause },
    );
  } finally {
    connection.off('error', onError);
  }
}

/** What to say of a Redis at its `maxclients`. */
export function fullWords(url: string, { message }: Error): string {
  return `Redis at ${redisAddress(url)} takes no more connections (${message}): raise its maxclients, or end other clients, then run the same command again.`;
}

/** What to say of an error with which Redis refuses this user or what it wants to do for good; `undefined` for any other error. */
export function refusedBy(cause: unknown, url: string): EigenfleetError | undefined {
  const refusal = redisRefusalOf(cause, redisUser(url));
  if (refusal === undefined) return undefined;
  const { says, remedy } = refusal;
  return new EigenfleetError('refused', `Redis at ${redisAddress(url)} ${says}: ${remedy}`, {
    cause,
  });
}
