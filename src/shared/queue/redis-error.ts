import { EigenfleetError } from '../errors.ts';
import { redisAddress, refusedBy } from './redis-connection.ts';
import {
  causeOf,
  isBusyReply,
  isReplicaReply,
  redisRefusalOf,
  replicaRefusal,
} from './redis-refusal.ts';

const names = new Set([
  ...['MaxRetriesPerRequestError', 'ClusterAllFailedError', 'MissingRightsError'],
  ...['ReplyError', 'RedisError', 'ParserError', 'InterruptError'],
]);

/** Beginnings of client errors that have no name. */
const beginnings = [
  ...['Connection is closed', 'Command aborted due to connection close', 'Command timed out'],
  ...['None of startup nodes is available', 'Too many Cluster redirections', 'Cluster is'],
];

/** Whether Redis is what failed: it is away, or answered with a refusal. */
export function isRedisError(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return names.has(error.name) || beginnings.some((text) => error.message.startsWith(text));
}

/**
 * What keeps Redis from serving anybody or us, apart from what is wrong with a single command. `refused`: it never will. `replica`: another server
 * may be the primary by now. `busy`: it loads, is full, or the like. `away`: no connection.
 */
export type RedisTrouble = 'refused' | 'replica' | 'busy' | 'away';

export function redisTroubleOf(error: unknown): RedisTrouble | undefined {
  if (!(error instanceof Error)) return undefined;
  if (isReplicaReply(error)) return 'replica';
  if (isBusyReply(error)) return 'busy';
  if (redisRefusalOf(error) !== undefined) return 'refused';
  return isLostConnection(error) ? 'away' : undefined;
}

/** An error of the system, such as ECONNREFUSED, or of the client; an answer of Redis is neither. */
function isLostConnection(error: Error): boolean {
  const ofSystem = 'code' in error && /^E[A-Z_]+$/.test(String(error.code));
  return ofSystem || (isRedisError(error) && !isReply(error));
}

/** Whether Redis itself said so, and not its client. */
export function isReply(error: unknown): boolean {
  const cause = causeOf(error);
  return cause instanceof Error && cause.name === 'ReplyError';
}

/** The reason in a few words. What the client says of a lost connection is how often it tried. */
export function redisReason(error: unknown): string {
  return error instanceof Error && isReply(error) ? error.message : 'no connection';
}

/** Turns a failure of Redis into a sentence for people; any other error passes unchanged. */
export function redisError(error: unknown, url: string): unknown {
  const refused = error instanceof EigenfleetError ? undefined : refusedBy(error, url);
  if (refused !== undefined) return refused;
  if (!isRedisError(error)) return error;
  const address = redisAddress(url);
  if (isReplicaReply(error)) return replicaError(url, error);
  return new EigenfleetError('redis', sentenceOf(error, address), { cause: error });
}

/** What to say of a server that stays a replica. */
export function replicaError(url: string, cause: unknown): EigenfleetError {
  const { says, remedy } = replicaRefusal;
  return new EigenfleetError('refused', `Redis at ${redisAddress(url)} ${says}: ${remedy}`, {
    cause,
  });
}

function sentenceOf(error: Error, address: string): string {
  if (!isReply(error)) {
    return `Redis at ${address} went away: start it again, or correct --redis or REDIS_URL; then run the same command again.`;
  }
  if (error.message.startsWith('OOM')) {
    return `The memory of Redis at ${address} is full (${error.message}): raise its maxmemory, then run the same command again.`;
  }
  if (isBusyReply(error)) {
    return `Redis at ${address} cannot answer now (${error.message}): see what keeps it busy, then run the same command again.`;
  }
  return `Redis at ${address} refuses (${error.message}): correct its settings or the rights of its user, then run the same command again.`;
}
