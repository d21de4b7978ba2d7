import { randomUUID } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import type { RunAddress, ShardAddress } from '../run/places/run-address.ts';
import { type LiveWorker, parseLiveWorker } from './live-worker.ts';
import { crashNoteKey, redisKeyOf } from './run-keys.ts';
import { longestOut, queuePrefix } from './shard-job.ts';

/** What Redis knows of a run. It is a hint: storage is the truth, and a sweep sets it right. */
export interface RunCounters {
  /** Shards with results. */
  readonly done: number;
  /** Shards that failed for good. */
  readonly failed: number;
  /** Images of the shards that are done. */
  readonly images: number;
  readonly imagesFailed: number;
  /** Images explained so far, those of running shards included; counts twice what a worker that died had explained of a shard. */
  readonly imagesLive: number;
  readonly cancelled: boolean;
}

export interface SettledShard extends ShardAddress {
  /** Shards of the run. */
  readonly total: number;
  readonly outcome: 'done' | 'failed';
  /** Images of the shard, and those of them that failed; 0 for a failed shard. */
  readonly images: number;
  readonly failed: number;
}

/** `last`: with this shard all are settled; told to one caller only. `repeated`: it was booked before. */
export type Settling = 'more' | 'last' | 'repeated';

/** What a run leaves in Redis expires this long after its last change. */
const runExpirySeconds = 14 * 86_400;
/** A worker that has been silent for this long counts as gone. */
export const workerExpirySeconds = 15;
/** The same for coordinators: merging a large run keeps one from saying anything for a minute. */
export const coordinatorExpirySeconds = 120;

/**
 * Books a shard once: a bitmap of the done, one of the failed, and counters beside them. A shard that failed and is done later moves over. What is done has nothing
 * in flight, by any attempt: its note goes. KEYS: done bitmap, failed bitmap, counters, note. ARGV: shard, total, outcome, images, images failed, expiry, the call's name. All keys share a hash tag, so a cluster runs it on one
 * node. A connection that breaks before the answer sends the call again: that must not turn `last` into `repeated`, or nobody would ask for the summary.
 */
const settleScript = `
if ARGV[3] == 'done' then redis.call('DEL', KEYS[4]) end
if redis.call('HGET', KEYS[3], 'lastCall') == ARGV[7] then return 'last' end
local shard = tonumber(ARGV[1])
local answer = 'more'
if ARGV[3] == 'done' then
  if redis.call('SETBIT', KEYS[1], shard, 1) == 1 then return 'repeated' end
  redis.call('HINCRBY', KEYS[3], 'done', 1)
  redis.call('HINCRBY', KEYS[3], 'images', ARGV[4])
  redis.call('HINCRBY', KEYS[3], 'imagesFailed', ARGV[5])
  if redis.call('SETBIT', KEYS[2], shard, 0) == 1 then redis.call('HINCRBY', KEYS[3], 'failed', -1) end
else
  if redis.call('GETBIT', KEYS[1], shard) == 1 then return 'repeated' end
  if redis.call('SETBIT', KEYS[2], shard, 1) == 1 then return 'repeated' end
  redis.call('HINCRBY', KEYS[3], 'failed', 1)
end
for i = 1, 3 do redis.call('EXPIRE', KEYS[i], ARGV[6]) end
local done = tonumber(redis.call('HGET', KEYS[3], 'done') or '0')
local failed = tonumber(redis.call('HGET', KEYS[3], 'failed') or '0')
if done + failed == tonumber(ARGV[2]) then
  redis.call('HSET', KEYS[3], 'lastCall', ARGV[7])
  answer = 'last'
end
return answer`;

/** A service that waits for storage reports it once a minute. */
const storageExpirySeconds = 150;

export interface RebuiltRun {
  readonly done: readonly number[];
  readonly failed: readonly number[];
  readonly images: number;
  readonly imagesFailed: number;
}

/** The fleet's own few keys beside BullMQ's, under the same hash tag. The connection stays the caller's. */
export class RunProgress {
  readonly #redis: Redis | Cluster;

  constructor(connection: Redis | Cluster) {
    this.#redis = connection;
  }

  /** Books that a shard is settled. Idempotent. */
  async markShardSettled(settled: SettledShard): Promise<Settling> {
    const { shard, total, outcome, images, failed } = settled;
    const names = ['done', 'failed', 'counters'];
    const keys = [...names.map((name) => redisKeyOf(settled, name)), crashNoteKey(settled)];
    const args = [shard, total, outcome, images, failed, runExpirySeconds, randomUUID()];
    const answer = await this.#redis.eval(settleScript, keys.length, ...keys, ...args);
    return answer === 'last' || answer === 'repeated' ? answer : 'more';
  }

  async readProgress(run: RunAddress): Promise<RunCounters> {
    const [counters, cancelled] = await Promise.all([
      this.#redis.hgetall(redisKeyOf(run, 'counters')),
      this.isCancelled(run),
    ]);
    const count = (name: string): number => countIn(counters[name]);
    const images = count('images');
    return {
      done: count('done'),
      failed: count('failed'),
      images,
      imagesFailed: count('imagesFailed'),
      imagesLive: Math.max(images, count('imagesLive')),
      cancelled,
    };
  }

  /** Replaces what Redis knows by what storage says, as after its loss. */
  async rebuild(
    run: RunAddress,
    { done, failed, images, imagesFailed }: RebuiltRun,
  ): Promise<void> {
    const counters = { done: done.length, failed: failed.length, images, imagesFailed };
    const bits = this.#redis.multi();
    for (const [name, shards] of [
      ['done', done],
      ['failed', failed],
    ] as const) {
      const key = redisKeyOf(run, name);
      bits.del(key);
      if (shards.length === 0) continue;
      bits.set(key, bitmapOf(shards));
      bits.expire(key, runExpirySeconds);
    }
    for (const shard of done) bits.del(crashNoteKey({ ...run, shard }));
    bits.hset(redisKeyOf(run, 'counters'), { ...counters, imagesLive: images });
    bits.expire(redisKeyOf(run, 'counters'), runExpirySeconds);
    await bits.exec();
  }

  /** Adds to, or subtracts from, the images explained so far; for progress displays. */
  async reportImages(run: RunAddress, images: number): Promise<void> {
    await this.#redis.hincrby(redisKeyOf(run, 'counters'), 'imagesLive', images);
  }

  async setCancelled(run: RunAddress): Promise<void> {
    await this.#redis.set(redisKeyOf(run, 'cancelled'), '1', 'EX', runExpirySeconds);
  }

  async clearCancelled(run: RunAddress): Promise<void> {
    await this.#redis.del(redisKeyOf(run, 'cancelled'));
  }

  async isCancelled(run: RunAddress): Promise<boolean> {
    return (await this.#redis.exists(redisKeyOf(run, 'cancelled'))) === 1;
  }

  /** Tells coordinators where results are. */
  async rememberOut(out: string): Promise<void> {
    await this.#redis.sadd(`${queuePrefix}:outs`, out);
  }

  async listOuts(): Promise<string[]> {
    const outs = await this.#redis.smembers(`${queuePrefix}:outs`);
    return outs.filter(({ length }) => length > 0 && length <= longestOut).sort();
  }

  /** Reports that a service waits for the storage of these results; repeat each minute. */
  async storageAway(out: string, reason: string): Promise<void> {
    await this.#redis.set(storageKey(out), reason, 'EX', storageExpirySeconds);
  }

  /** Others that still wait report again within a minute. */
  async storageBack(out: string): Promise<void> {
    await this.#redis.del(storageKey(out));
  }

  /** Why services wait for the storage of these results; `undefined` when none does. */
  async storageFault(out: string): Promise<string | undefined> {
    return (await this.#redis.get(storageKey(out))) ?? undefined;
  }

  /** Reports that a coordinator is alive; repeat well within `coordinatorExpirySeconds`. All coordinators share the one key. */
  async coordinatorBeat(): Promise<void> {
    await this.#redis.set(coordinatorKey, '1', 'EX', coordinatorExpirySeconds);
  }

  /** Others that are alive report again with their next beat. */
  async coordinatorLeaves(): Promise<void> {
    await this.#redis.del(coordinatorKey);
  }

  async isCoordinatorAlive(): Promise<boolean> {
    return (await this.#redis.exists(coordinatorKey)) === 1;
  }

  /** Reports that a worker is alive; repeat well within `workerExpirySeconds`. Redis keeps the time: clocks of machines differ. */
  async heartbeat(worker: LiveWorker): Promise<void> {
    const beat = this.#redis.pipeline();
    beat.set(workerKey(worker.worker), JSON.stringify(worker), 'EX', workerExpirySeconds);
    beat.sadd(workerNames, worker.worker);
    for (const [error] of (await beat.exec()) ?? []) if (error !== null) throw error;
  }

  async leave(worker: string): Promise<void> {
    await this.#redis.del(workerKey(worker));
    await this.#redis.srem(workerNames, worker);
  }

  /** Returns the live workers, by name. Forgets the others. */
  async listWorkers(): Promise<LiveWorker[]> {
    const names = (await this.#redis.smembers(workerNames)).sort();
    if (names.length === 0) return [];
    const texts = await this.#redis.mget(names.map(workerKey));
    const silent = names.filter((_, index) => texts[index] === null);
    // One that comes back at this very moment is named again by its next heartbeat.
    if (silent.length > 0) await this.#redis.srem(workerNames, ...silent);
    return texts.flatMap((text) => {
      const worker = parseLiveWorker(text);
      return worker === undefined ? [] : [worker];
    });
  }
}

function storageKey(out: string): string {
  return `${queuePrefix}:storage-away:${out}`;
}

/** We write counts only. */
function countIn(text: string | undefined): number {
  const count = Number(text ?? 0);
  return Number.isSafeInteger(count) && count >= 0 ? count : 0;
}

const coordinatorKey = `${queuePrefix}:coordinator`;
const workerNames = `${queuePrefix}:worker-names`;

function workerKey(worker: string): string {
  return `${queuePrefix}:worker:${worker}`;
}

/** As SETBIT numbers bits: the first shard is the highest bit of the first byte. */
function bitmapOf(shards: readonly number[]): Buffer {
  const bitmap = Buffer.alloc((shards.reduce((a, b) => Math.max(a, b), 0) >> 3) + 1);
  for (const shard of shards) {
    bitmap[shard >> 3] = (bitmap[shard >> 3] ?? 0) | (0x80 >> (shard & 7));
  }
  return bitmap;
}
