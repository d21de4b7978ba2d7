import assert from 'node:assert/strict';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { setImmediate as nextTick, setTimeout as passed } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { withFleet } from '../../src/fleet/fleet-connection.ts';
import { FleetQueues } from '../../src/shared/queue/fleet-queues.ts';
import { GatedWorker } from '../../src/shared/queue/gated-worker.ts';
import { connectRedis } from '../../src/shared/queue/redis-connection.ts';
import { probeRedis } from '../../src/shared/queue/redis-probe.ts';
import { RedisWatch, watchRedis } from '../../src/shared/queue/redis-watch.ts';
import { queueNames, queuePrefix, type ShardJob } from '../../src/shared/queue/shard-job.ts';
import { createLogger } from '../../src/shared/telemetry/logger.ts';
import { latch } from '../support/latch.ts';
import { startRedis } from '../support/redis-server.ts';

const server = await startRedis({ appendOnly: false });
const admin = new Redis(server.url);
after(async () => {
  admin.disconnect();
  await server.close();
});

/** How often faster than usual the watch below looks and loses its patience. */
const haste = 20;

/** A worker of the queue of shards, whose jobs `work` does. */
function startWorker(url: string, work: () => Promise<unknown> = async () => {}) {
  const said: string[] = [];
  const sink = { write: (line: string) => void said.push(JSON.parse(line).msg) };
  const connection = connectRedis({ url, cluster: false }, 'work');
  const done = latch<string>();
  const watch = new RedisWatch({
    ...{ connection, url, probe: () => probeRedis(connection) },
    logger: createLogger({ level: 'info', component: 'worker', sink }),
    nowMs: () => performance.now() * haste,
    rest: (ms) => passed(ms / haste),
  });
  const queues = new FleetQueues(connection);
  const options = { connection, watch, prefix: queuePrefix, drainDelay: 1 };
  const worker = new GatedWorker<ShardJob>(queueNames.shards, work, options);
  worker.on('completed', (job) => done.resolve(job.data.runId));
  watch.start();
  after(async () => {
    watch.stop();
    await worker.close(true);
    await queues.close();
    connection.disconnect();
  });
  return { connection, watch, queues, said, done: done.promise };
}

/** Adds a job as a producer elsewhere does. */
async function add(queues: FleetQueues, runId: string): Promise<void> {
  await queues.addShards([{ v: 1, out: 's3://results', runId, shard: 0 }], 'normal');
}

/** Waits until the watch is in trouble, or no longer. */
async function until(met: () => boolean): Promise<void> {
  while (!met()) await nextTick();
}

test('a worker whose rights are taken away stays calm, and ends with what it lacks', async () => {
  await admin.acl('SETUSER', 'shaky', 'on', '>pw', '~*', '&*', '+@all');
  const { watch, said } = startWorker(server.url.replace('//', '//shaky:pw@'));
  await watch.fit(AbortSignal.timeout(30_000));
  await admin.acl('SETUSER', 'shaky', '-evalsha', '-bzpopmin');
  await assert.rejects(watch.refused, {
    code: 'refused',
    message: /lack \+evalsha \+bzpopmin.*ACL SETUSER shaky \+evalsha \+bzpopmin/,
  });
  assert.ok(said.length < 10, said.join());
});

test('a worker waits for a Redis that is full, hands back the job that met it, and goes on', async () => {
  const full = latch<void>();
  let tries = 0;
  const { watch, queues, said, done } = startWorker(server.url, async () => {
    tries += 1;
    if (tries > 1) return;
    await admin.config('SET', 'maxmemory', '1');
    full.resolve();
    await queues.shards.getBackend().client.then((client) => client.set(`${queuePrefix}:t`, '1'));
  });
  await add(queues, 'full');
  await full.promise;
  await until(() => watch.awaited !== undefined);
  assert.match(watch.awaited ?? '', /^Redis is busy or full \(redis:\S+: OOM command/);
  await admin.config('SET', 'maxmemory', '0');
  assert.equal(await done, 'full');
  const job = await queues.shards.getJobs(['completed']);
  assert.deepEqual([tries, job[0]?.attemptsMade], [2, 1]);
  assert.deepEqual(said, ['Redis is busy or full: waiting for it', 'Redis is back']);
});

test('a worker follows a failover to the new primary without a restart', async () => {
  const next = await startRedis({ appendOnly: false });
  after(next.close);
  let { port } = server;
  const sockets = new Set<Socket>();
  const name = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    client.pipe(upstream).pipe(client);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => name.listen(0, '127.0.0.1', resolve));
  after(() => {
    name.close();
    for (const socket of sockets) socket.destroy();
  });
  const url = `redis://127.0.0.1:${(name.address() as AddressInfo).port}`;
  const { watch, said, done } = startWorker(url);
  await watch.fit(AbortSignal.timeout(30_000));
  // The old primary keeps its connections, as one that was demoted does.
  await admin.replicaof('127.0.0.1', next.port);
  port = next.port;
  await until(() => watch.awaited !== undefined);
  const producer = new Redis(next.url);
  const queues = new FleetQueues(producer);
  await add(queues, 'moved');
  assert.equal(await done, 'moved');
  await queues.close();
  producer.disconnect();
  assert.equal(said[0], 'Redis is a read-only replica: waiting for a primary');
  assert.ok(said.length < 6, said.join());
});

test('a worker waits for a Redis that takes no more clients, and a command says what to do', async () => {
  const crowded = await startRedis({ appendOnly: false });
  const only = new Redis(crowded.url);
  after(async () => {
    only.disconnect();
    await crowded.close();
  });
  await only.config('SET', 'maxclients', '1');
  const said: string[] = [];
  const sink = { write: (line: string) => void said.push(JSON.parse(line).msg) };
  const logger = createLogger({ level: 'info', component: 'worker', sink });
  const connection = connectRedis({ url: crowded.url, cluster: false }, 'work');
  const watch = watchRedis(connection, { url: crowded.url, logger });
  after(() => {
    watch.stop();
    connection.disconnect();
  });
  watch.start();
  await until(() => watch.awaited !== undefined);
  assert.match(
    watch.awaited ?? '',
    /^Redis is busy or full \(redis:\S+: ERR max number of clients/,
  );
  const command = withFleet({ url: crowded.url, cluster: false }, async () => {});
  await assert.rejects(command, {
    code: 'redis',
    message:
      /takes no more connections \(ERR max number of clients reached\): raise its maxclients/,
  });
  await only.config('SET', 'maxclients', '100');
  assert.equal(await watch.fit(AbortSignal.timeout(60_000)), true);
  assert.deepEqual(said, ['Redis is busy or full: waiting for it', 'Redis is back']);
});
