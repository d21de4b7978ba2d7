import { type Command, Option } from 'commander';
import { z } from 'zod';
import { EigenfleetError } from '../shared/errors.ts';
import type { RedisTarget } from '../shared/redis-connection.ts';

const redisUrl = z.url({ protocol: /^rediss?$/ });

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

/** Throws `EigenfleetError('usage')` for a URL that is none. */
export function redisTargetOf(options: Readonly<Record<string, unknown>>): RedisTarget {
  const url = redisUrl.safeParse(options.redis);
  if (!url.success) {
    throw new EigenfleetError(
      'usage',
      `--redis ${JSON.stringify(options.redis)} is no Redis URL: give one such as redis://127.0.0.1:6379.`,
    );
  }
  return { url: url.data, cluster: options.redisCluster === true };
}
