import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { chooseDevice, parseDevice } from '../model/devices.ts';
import { readLogLevel } from '../shared/config.ts';
import { availableThreads } from '../shared/cpu-quota.ts';
import { putFailedShard } from '../shared/failed-shards.ts';
import { FleetQueues } from '../shared/fleet-queues.ts';
import { createLogger } from '../shared/logger.ts';
import { openRun } from '../shared/open-run.ts';
import { openStore } from '../shared/open-store.ts';
import { assertRedis, connectRedis } from '../shared/redis-connection.ts';
import { RunProgress } from '../shared/run-progress.ts';
import type { ShardJob } from '../shared/shard-job.ts';
import { ByteBudget } from '../worker/byte-budget.ts';
import { FleetWorker } from '../worker/fleet-worker.ts';
import { OpenRuns } from '../worker/open-runs.ts';
import { openRedisInFlightNote } from '../worker/redis-in-flight-note.ts';
import { startFleetExplainer } from './fleet-explainer.ts';
import { redisTargetOf } from './fleet-options.ts';
import { startHeartbeat } from './heartbeat.ts';
import { storeOptionsOf } from './store-options.ts';
import { untilStopped } from './until-stopped.ts';
import type { WorkerOptions } from './worker-options.ts';

/** Bytes of samples under way at most, over all shards of the worker. */
const inFlightBytes = 192 * 1024 * 1024;

/** Works for the fleet until a signal ends it. Gives the exit code. */
export async function runFleetWorker(
  worker: WorkerOptions,
  raw: Readonly<Record<string, unknown>>,
): Promise<number> {
  const name = `${hostname()}-${process.pid}-${randomBytes(2).toString('hex')}`;
  const logger = createLogger({ level: readLogLevel(), component: 'worker' }).child({
    worker: name,
  });
  const target = redisTargetOf(raw);
  const { device, sentence } = await chooseDevice(parseDevice(worker.device));
  logger.info({ device }, sentence);
  const threads = worker.threads ?? availableThreads();
  const connection = connectRedis(target, 'work');
  connection.on('error', (error) => logger.warn({ error: error.message }, 'Redis is away'));
  const queues = new FleetQueues(connection);
  const progress = new RunProgress(connection);
  const heartbeat = startHeartbeat({ progress, worker: name, device, logger });
  const runs = new OpenRuns({
    openStore: (uri) => openStore(uri, storeOptionsOf(raw)),
    startExplainer: (spec, store) =>
      startFleetExplainer(spec, store, {
        ...{ device, threads, batch: worker.batch, cacheFolder: worker.modelCache },
      }),
  });
  try {
    await assertRedis(connection, target.url);
    const fleet = new FleetWorker({
      ...{ connection, name, logger, concurrency: worker.concurrency },
      lockMs: worker.lockSeconds * 1000,
      stalledIntervalMs: worker.stalledSeconds * 1000,
      graceMs: worker.grace * 1000,
      isAllowedOut: (out) => isAllowed(out, worker.allowOut),
      ports: {
        ...{ runs, queues, progress, budget: new ByteBudget(inFlightBytes) },
        openNote: ({ runId, shard }) => openRedisInFlightNote(connection, runId, shard),
        onSample: ({ runId }, failed) => heartbeat.sample(runId, failed),
      },
      onOutcome: () => {},
      onFailedForGood: (job, reason) => bookFailure(job, reason, { raw, progress, queues }),
    });
    logger.info({ concurrency: worker.concurrency, threads }, 'worker started');
    await untilStopped({ stop: () => fleet.stop(), abort: () => fleet.abort() });
    return 0;
  } finally {
    await heartbeat.stop();
    await runs.close();
    await queues.close();
    connection.disconnect();
  }
}

interface Booking {
  readonly raw: Readonly<Record<string, unknown>>;
  readonly progress: RunProgress;
  readonly queues: FleetQueues;
}

/** A shard that failed for good is written down, and the run may be settled by it. */
async function bookFailure(job: ShardJob, reason: string, booking: Booking): Promise<void> {
  const { runId, shard, out } = job;
  const { raw, progress, queues } = booking;
  const store = openStore(out, storeOptionsOf(raw));
  await putFailedShard(store, { runId, shard, reason });
  const { dataset } = await openRun(store, runId);
  const settled = { runId, shard, total: dataset.shards, outcome: 'failed', images: 0, failed: 0 };
  const answer = await progress.markShardSettled({ ...settled, outcome: 'failed' });
  if (answer === 'last') await queues.addSummary({ v: 1, out, runId });
}

/** Without a list every URI is allowed; with one, those at or below its entries. */
function isAllowed(out: string, allowed: readonly string[] | undefined): boolean {
  if (allowed === undefined) return true;
  return allowed.some((prefix) => {
    const root = openStore(prefix).uri;
    return out === root || out.startsWith(root.endsWith('/') ? root : `${root}/`);
  });
}
