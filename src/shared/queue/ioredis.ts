import { createRequire } from 'node:module';
import type * as IORedis from 'ioredis';

/** ioredis, loaded as CommonJS for the reason in `bullmq.ts`. */
const ioredis: typeof IORedis = createRequire(import.meta.url)('ioredis');

export const { Cluster, Redis } = ioredis;
export type Cluster = IORedis.Cluster;
export type Redis = IORedis.Redis;
export type { RedisOptions } from 'ioredis';
