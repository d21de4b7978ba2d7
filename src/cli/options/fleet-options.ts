import { type Command, Option } from 'commander';
import { z } from 'zod';
import { EigenfleetError } from '../../shared/errors.ts';
import { type RedisTarget, redisAddress } from '../../shared/queue/redis-connection.ts';
import { redactAddress } from '../../shared/redaction/redact-credentials.ts';

/** An @ after the host comes from a password with a `/`, `?` or `#` in it: the host would be the user's name. */
const redisUrl = z.url({ protocol: /^rediss?$/ }).refine((url) => {
  if (!URL.canParse(url)) return false;
  const { username, password, pathname, search, hash } = new URL(url);
  return !`${pathname}${search}${hash}`.includes('@') && [username, password].every(isDecodable);
});

/** A database is a number. ioredis takes anything else too, and then works in database 0 or ends the process. */
const databasePath = /^\/?$|^\/\d{1,6}$/;
/** What may stand behind `?`. ioredis takes every setting of its own there, also those that BullMQ cannot work with. */
const queryValues: Readonly<Record<string, RegExp>> = { family: /^[046]$/, db: /^\d{1,6}$/ };

/** Adds where Redis is, to commands that need it. */
export function addRedisOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--redis <url>', 'Redis of the fleet, redis:// or rediss://')
        .env('REDIS_URL')
        .default('redis://127.0.0.1:6379')
        .helpGroup('Fleet:'),
    )
    .addOption(
      new Option('--redis-cluster', 'the URL names a node of a Redis Cluster')
        .default(false)
        .helpGroup('Fleet:'),
    );
}

/** Throws `EigenfleetError('usage')` for an invalid URL. */
export function redisTargetOf(options: Readonly<Record<string, unknown>>): RedisTarget {
  const url = redisUrl.safeParse(options.redis);
  if (!url.success) {
    throw new EigenfleetError(
      'usage',
      `--redis ${JSON.stringify(redactAddress(String(options.redis)))} is not a Redis URL: use one such as redis://127.0.0.1:6379, and percent-encode @, :, /, ?, # and % in a password.`,
    );
  }
  const { pathname, searchParams } = new URL(url.data);
  if (!databasePath.test(pathname)) {
    throw new EigenfleetError(
      'usage',
      `--redis "${redisAddress(url.data)}" names no database: what stands behind the host is a number, such as redis://127.0.0.1:6379/2.`,
    );
  }
  for (const [name, value] of searchParams) {
    if (queryValues[name]?.test(value)) continue;
    throw new EigenfleetError(
      'usage',
      `--redis has ?${name}=, which cannot be used: only family=4, family=6 and db= with a number can; user and password stand before the host.`,
    );
  }
  return { url: url.data, cluster: options.redisCluster === true };
}

function isDecodable(part: string): boolean {
  try {
    decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}
