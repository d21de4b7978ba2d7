import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { jobPriorities, queueNames, queuePrefix } from '../../src/shared/queue/shard-job.ts';
import { manifests } from '../support/deployment-files.ts';
import { lendRedis } from '../support/lent-redis.ts';

describe('the keys that KEDA asks for', async () => {
  const server = await lendRedis();
  const redis = new Redis(server.url, { maxRetriesPerRequest: null });
  const options = { connection: redis, prefix: queuePrefix };
  const queue = new Queue(queueNames.shards, options);
  const worker = new Worker(queueNames.shards, null, { ...options, autorun: false });
  after(async () => {
    await worker.close();
    await queue.close();
    redis.disconnect();
    await server.close();
  });

  it('hold every shard that needs a worker, once, in types that its scaler counts', async () => {
    const add = (id: string, opts: object) => queue.add('shard', {}, { jobId: id, ...opts });
    for (const name of ['audit', 'normal', 'bulk'] as const) {
      await add(name, { priority: jobPriorities[name] });
    }
    await worker.getNextJob('token-1');
    await add('handed-back', {});
    await add('to-be-tried-again', { delay: 3_600_000, priority: jobPriorities.normal });
    const counts = Object.fromEntries(await Promise.all(listNames().map(count)));
    assert.deepEqual(counts, { wait: 1, prioritized: 2, active: 1, delayed: 1 });
  });

  /** As the scaler's script does: by the type of the key. */
  async function count(key: string): Promise<[string, number]> {
    const type = await redis.type(key);
    assert.ok(type === 'zset' || type === 'list', `${key} is a ${type}`);
    const length = type === 'zset' ? await redis.zcard(key) : await redis.llen(key);
    return [key.split(':').at(-1) ?? '', length];
  }
});

function listNames(): string[] {
  const scaling = manifests().find(({ kind }) => kind === 'ScaledObject');
  const triggers = scaling?.spec?.triggers as { metadata: { listName: string } }[];
  return triggers.map(({ metadata }) => metadata.listName);
}
