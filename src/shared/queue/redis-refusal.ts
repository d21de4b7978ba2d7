import { messageOf } from '../errors.ts';

/** A Redis that is there, but will not have this user; both parts complete a sentence that begins with its address. */
export interface RedisRefusal {
  readonly says: string;
  readonly remedy: string;
}

const howToGive = 'redis://:password@host or redis://user:password@host, in --redis or REDIS_URL';

/** `undefined` for an error that is no refusal: starting the server is then the remedy, not a password. */
export function redisRefusalOf(error: unknown): RedisRefusal | undefined {
  const reason = messageOf(ofNode(error));
  if (/^NOAUTH\b/.test(reason)) {
    return { says: 'asks for a password (NOAUTH)', remedy: `give it as ${howToGive}.` };
  }
  // The second is what servers before Redis 6 say.
  if (/^WRONGPASS\b|^ERR invalid password/.test(reason)) {
    const says = `refuses the user or the password (${reason.replace(/\.$/, '')})`;
    return { says, remedy: `give the right ones as ${howToGive}.` };
  }
  if (/^NOPERM\b|\bACL failure in script\b/.test(reason)) {
    const remedy = `give that user the right to it, or name another as ${howToGive}.`;
    return { says: `does not let this user do that (${reason.replace(/\.$/, '')})`, remedy };
  }
  return undefined;
}

/** A cluster's client says only that no node could be asked, and keeps what the last of them said. */
function ofNode(error: unknown): unknown {
  return error instanceof Error && 'lastNodeError' in error ? error.lastNodeError : error;
}
