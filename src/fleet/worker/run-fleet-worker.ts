import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Cluster, Redis } from 'ioredis';
import { redisTargetOf } from '../../cli/options/fleet-options.ts';
import { type Places, placesOf } from '../../cli/options/place-options.ts';
import { storeOptionsOf } from '../../cli/options/store-options.ts';
import type { WorkerOptions } from '../../cli/options/worker-options.ts';
import { assertNamedDevice } from '../../model/runtime/assert-named-device.ts';
import { chooseDevice, parseDevice } from '../../model/runtime/devices.ts';
import { availableThreads } from '../../shared/host/cpu-quota.ts';
import type { FleetQueues } from '../../shared/queue/fleet-queues.ts';
import type { RedisTarget } from '../../shared/queue/redis-connection.ts';
import type { RedisWatch } from '../../shared/queue/redis-watch.ts';
import type { RunProgress } from '../../shared/queue/run-counters.ts';
import { readLogLevel } from '../../shared/settings/parse-setting.ts';
import { confined } from '../../shared/storage/confined-store.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { StoreOptions } from '../../shared/storage/open-store.ts';
import { createLogger, type Logger, scopedLogger } from '../../shared/telemetry/logger.ts';
import { FleetWorker } from '../../worker/queue/fleet-worker.ts';
import { OpenRuns } from '../../worker/queue/open-runs.ts';
import { openRedisInFlightNote } from '../../worker/queue/redis-in-flight-note.ts';
import { ByteBudget, inFlightBytes } from '../../worker/shard/byte-budget.ts';
import { type ServedProbes, serveProbes } from '../probes/serve-probes.ts';
import { openServiceFleet, serveFleet } from '../serve-fleet.ts';
import { serviceStores } from '../service-stores.ts';
import { bookFailedShard } from './book-failed-shard.ts';
import { startFleetExplainer } from './fleet-explainer.ts';
import { type Heartbeat, startHeartbeat } from './heartbeat.ts';
import { WorkerTelemetry } from './worker-telemetry.ts';

interface WorkerParts {
  readonly name: string;
  readonly logger: Logger;
  readonly connection: Redis | Cluster;
  readonly watch: RedisWatch;
  readonly queues: FleetQueues;
  readonly progress: RunProgress;
  readonly heartbeat: Heartbeat;
  readonly telemetry: WorkerTelemetry;
  readonly runs: OpenRuns;
  readonly places: Places;
  /** Aborted when what runs is to be handed back. */
  readonly shutdown: AbortController;
  readonly storeOptions: StoreOptions;
  openStore(uri: string): ObjectStore;
}

/** Works for the fleet until a signal ends it. Gives the exit code. */
export async function runFleetWorker(
  worker: WorkerOptions,
  raw: Readonly<Record<string, unknown>>,
): Promise<number> {
  const target = redisTargetOf(raw);
  const parts = await openParts(worker, target, storeOptionsOf(raw));
  const { logger, connection, watch, telemetry, heartbeat, runs, queues } = parts;
  const { concurrency } = worker;
  let probes: ServedProbes | undefined;
  try {
    probes = await serveProbes({ at: worker, facts: telemetry.facts, logger });
    await serveFleet({
      ...{ connection, watch, logger, graceMs: worker.grace * 1000 },
      start: () => {
        const fleet = startFleetWorker(worker, parts);
        logger.info({ concurrency }, 'worker started');
        return fleet;
      },
      onStopping: () => telemetry.stopping(),
    });
    return 0;
  } finally {
    await probes?.close();
    await heartbeat.stop();
    await runs.close();
    await queues.close();
    connection.disconnect();
  }
}

async function openParts(
  worker: WorkerOptions,
  target: RedisTarget,
  storage: StoreOptions,
): Promise<WorkerParts> {
  const places = placesOf(worker);
  const name = `${hostname()}-${process.pid}-${randomBytes(2).toString('hex')}`;
  const logger = scopedLogger(createLogger({ level: readLogLevel(), component: 'worker' }), {
    worker: name,
  });
  await assertNamedDevice(worker.device);
  const { device, sentence } = await chooseDevice(parseDevice(worker.device));
  logger.info({ device }, sentence);
  const { connection, redis: watch, queues, progress } = openServiceFleet(target, logger);
  const shutdown = new AbortController();
  const stores = serviceStores({ storage, logger, progress, signal: shutdown.signal });
  const telemetry = new WorkerTelemetry(name, queues);
  telemetry.awaits(() => stores.fault);
  telemetry.awaits(() => watch.awaited);
  const { batch, modelCache, modelCacheBytes, threads = availableThreads() } = worker;
  const cache = { cacheFolder: modelCache, cacheBytes: modelCacheBytes };
  const loading = { device, threads, batch, ...cache, watch: telemetry.inference };
  const open = (uri: string): ObjectStore => confined(stores.open(uri), places.outs);
  const runs = new OpenRuns({
    openStore: open,
    openImages: async (uri) =>
      (await places.ins.has(uri)) ? confined(stores.open(uri), places.ins) : undefined,
    startExplainer: (spec, store) =>
      telemetry.load(() => startFleetExplainer(spec, store, loading)),
  });
  const heartbeat = startHeartbeat({ progress, worker: name, device, logger });
  return {
    ...{ name, logger, connection, watch, queues, progress, heartbeat, telemetry, runs },
    ...{ places, shutdown, openStore: open, storeOptions: storage },
  };
}

function startFleetWorker(worker: WorkerOptions, parts: WorkerParts): FleetWorker {
  const { name, logger, connection, watch, queues, progress, heartbeat, telemetry, runs } = parts;
  return new FleetWorker({
    ...{ connection, watch, name, logger, concurrency: worker.concurrency },
    shutdown: parts.shutdown,
    lockMs: worker.lockSeconds * 1000,
    stalledIntervalMs: worker.stalledSeconds * 1000,
    graceMs: worker.grace * 1000,
    isAllowedOut: (out) => parts.places.outs.has(out),
    ports: {
      ...{ runs, queues, progress, budget: new ByteBudget(inFlightBytes) },
      storeOptions: parts.storeOptions,
      openNote: (job) => openRedisInFlightNote(connection, job),
      onSample: (job, row) => {
        heartbeat.sample(job);
        telemetry.sample(row);
      },
    },
    onTaken: () => telemetry.jobTaken(),
    onSettled: (job) => {
      heartbeat.giveUp(job);
      telemetry.jobSettled();
    },
    onOutcome: (job, outcome) => {
      if (outcome.status === 'done') heartbeat.keep(job);
      telemetry.outcome(outcome);
    },
    onFailedForGood: (job, reason) => {
      telemetry.failedForGood();
      return bookFailedShard(job, reason, parts);
    },
  });
}
