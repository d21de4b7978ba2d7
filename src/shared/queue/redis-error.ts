import { EigenfleetError } from '../errors.ts';
import { redisAddress, refusedBy } from './redis-connection.ts';

const names = new Set([
  ...['MaxRetriesPerRequestError', 'ClusterAllFailedError'],
  ...['ReplyError', 'RedisError', 'ParserError', 'InterruptError'],
]);

/** How errors of the client begin that have no name of their own. */
const beginnings = [
  ...['Connection is closed', 'Command aborted due to connection close', 'Command timed out'],
  ...['None of startup nodes is available', 'Too many Cluster redirections', 'Cluster is'],
];

/** Whether Redis is what failed: it is away, or answered with a refusal. */
export function isRedisError(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return names.has(error.name) || beginnings.some((text) => error.message.startsWith(text));
}

/** The reason in a few words. What the client says of a lost connection is how often it tried. */
export function redisReason(error: unknown): string {
  return error instanceof Error && error.name === 'ReplyError' ? error.message : 'no connection';
}

/** Turns a failure of Redis into the sentence that a person gets; any other error passes unchanged. */
export function redisError(error: unknown, url: string): unknown {
  if (!isRedisError(error)) return error;
  const refused = refusedBy(error, url);
  if (refused !== undefined) return refused;
  return new EigenfleetError('redis', sentenceOf(error, redisAddress(url)), { cause: error });
}

function sentenceOf(error: Error, address: string): string {
  if (error.name !== 'ReplyError') {
    return `Redis at ${address} went away: start it again, or correct --redis or REDIS_URL; then run the same command again.`;
  }
  if (error.message.startsWith('OOM')) {
    return `The memory of Redis at ${address} is full (${error.message}): raise its maxmemory, then run the same command again.`;
  }
  return `Redis at ${address} refuses (${error.message}): correct its settings or the rights of its user, then run the same command again.`;
}
