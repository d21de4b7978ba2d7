import { after } from 'node:test';
import type { Cluster, Redis } from 'ioredis';
import { connectRedis, type RedisTarget } from '../../src/shared/queue/redis-connection.ts';
import { startRedisCluster } from './redis-cluster.ts';
import { startRedis, startValkey } from './redis-server.ts';

/** A kind of server that the fleet is to work with; empty at first, gone when the tests of the file have ended. */
export interface RedisSubject {
  readonly name: string;
  readonly target: RedisTarget;
  /** A connection of its own, closed with the server. */
  connect(): Redis | Cluster;
}

/** A Redis, a Redis Cluster of three nodes, and a Valkey where one can be had. */
export async function startRedisSubjects(): Promise<RedisSubject[]> {
  const redis = await startRedis();
  const cluster = await startRedisCluster();
  const valkey = await startValkey();
  const connections: (Redis | Cluster)[] = [];
  after(async () => {
    for (const connection of connections) connection.disconnect();
    await Promise.all([redis.close(), cluster.close(), valkey?.close()]);
  });
  const subject = (name: string, target: RedisTarget): RedisSubject => ({
    ...{ name, target },
    connect: () => {
      const connection = connectRedis(target, 'work');
      connections.push(connection);
      return connection;
    },
  });
  return [
    subject('Redis', { url: redis.url, cluster: false }),
    subject('a Redis Cluster', { url: cluster.urls[0]!, cluster: true }),
    ...(valkey === undefined ? [] : [subject('Valkey', { url: valkey.url, cluster: false })]),
  ];
}
