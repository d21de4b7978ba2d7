import { messageOf } from '../errors.ts';
import { MissingRightsError, missingRightOf } from './redis-rights.ts';

/** A Redis that is up but will never do what we ask; both parts complete a sentence that begins with its address. */
export interface RedisRefusal {
  readonly says: string;
  readonly remedy: string;
}

const howToGive = 'redis://:password@host or redis://user:password@host, in --redis or REDIS_URL';

/** Beginnings of replies that neither waiting nor retrying changes, and what to say about them. */
const refusals: readonly (readonly [begins: RegExp, RedisRefusal])[] = [
  [/^NOAUTH\b/, { says: 'asks for a password (NOAUTH)', remedy: `give it as ${howToGive}.` }],
  [
    // The second alternative is from servers before Redis 6.
    /^WRONGPASS\b|^ERR invalid password/,
    { says: 'refuses the user or the password', remedy: `give the right ones as ${howToGive}.` },
  ],
  [
    /^(?:MOVED|ASK|CROSSSLOT)\b|^ERR SELECT is not allowed in cluster mode/,
    {
      says: 'is a node of a cluster',
      remedy: 'add --redis-cluster, and no database to the address.',
    },
  ],
  [
    /cluster support disabled/,
    { says: 'is not a node of a cluster', remedy: 'drop --redis-cluster.' },
  ],
  [
    /^ERR (?:DB index is out of range|invalid DB index)/,
    { says: 'has no such database', remedy: 'correct the number at the end of the address.' },
  ],
  [
    /^DENIED\b/,
    {
      says: 'is protected and takes connections of its own machine only',
      remedy: 'set a password there, and give it in the address.',
    },
  ],
  [
    /^ERR unknown command\b/,
    {
      says: 'does not know a command that is needed',
      remedy: 'use Redis 5 or newer, 6.2 at best, or Valkey, with no command renamed.',
    },
  ],
  [
    /^Redis version needs to be greater/,
    { says: 'is too old', remedy: 'use Redis 5 or newer, 6.2 at best.' },
  ],
  [
    /^Protocol error, got|^Unknown RESP type/,
    { says: 'is not a Redis server', remedy: 'correct --redis or REDIS_URL.' },
  ],
];

/**
 * `undefined` for an error that is not a refusal: starting the server is then the remedy, or waiting.
 *
 * @param user Whom the address names.
 */
export function redisRefusalOf(error: unknown, user = 'default'): RedisRefusal | undefined {
  const cause = causeOf(error);
  const right = cause instanceof MissingRightsError ? cause.rules : missingRightOf(cause);
  if (right !== undefined) return lackOf([right].flat(), user);
  const reason = messageOf(cause);
  const [, refusal] = refusals.find(([begins]) => begins.test(reason)) ?? [];
  if (refusal === undefined || refusal.says.includes('(')) return refusal;
  return { ...refusal, says: `${refusal.says} (${reason.replace(/\.$/, '')})` };
}

/** Whether the database that the address names is not there: such a connection answers from database 0. */
export function isOtherDatabase(error: unknown): boolean {
  return /^ERR (?:DB index is out of range|invalid DB index)/.test(messageOf(causeOf(error)));
}

/** Whether this server only copies another: after a failover the same name leads to one that may be written to. */
export function isReplicaReply(error: unknown): boolean {
  return /^(?:READONLY|UNBLOCKED)\b/.test(messageOf(causeOf(error)));
}

/** What is wrong with a server that stays a replica. */
export const replicaRefusal: RedisRefusal = {
  says: 'is a read-only replica (READONLY)',
  remedy: 'give the address of the primary in --redis or REDIS_URL.',
};

/** Errors that pass by themselves or when somebody fixes the server: it loads, is full, cannot write to its disk, has too many clients. */
export function isBusyReply(error: unknown): boolean {
  const reason = messageOf(causeOf(error));
  return /^(?:LOADING|BUSY|OOM|MISCONF|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS)\b|\bERR max number of clients/.test(
    reason,
  );
}

/** Of several replies the one that decides: a cluster's client keeps what the last node said, a transaction what its first command met. */
export function causeOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if ('lastNodeError' in error && error.lastNodeError !== undefined) return error.lastNodeError;
  if ('previousErrors' in error && Array.isArray(error.previousErrors)) {
    return error.previousErrors[0] ?? error;
  }
  return error;
}

function lackOf(rules: readonly string[], user: string): RedisRefusal {
  const grant = `ACL SETUSER ${user} ${rules.join(' ')}`;
  return {
    says: `does not let the user ${user} do what is needed (its rights lack ${rules.join(' ')})`,
    remedy: `grant it there with \`${grant}\`, or name another user as ${howToGive}.`,
  };
}
