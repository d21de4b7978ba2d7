import { createRequire } from 'node:module';
import type * as IORedis from 'ioredis';

/** ioredis, loaded as the CommonJS that it is, for the reason that `bullmq.ts` gives. */
const ioredis: typeof IORedis = createRequire(import.meta.url)('ioredis');

export const { Cluster, Redis } = ioredis;
export type Cluster = IORedis.Cluster;
export type Redis = IORedis.Redis;
export type { RedisOptions } from 'ioredis';
