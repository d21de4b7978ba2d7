import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Cluster, Redis } from 'ioredis';
import { assertNamedDevice } from '../../model/runtime/assert-named-device.ts';
import { chooseDevice, parseDevice } from '../../model/runtime/devices.ts';
import { availableThreads } from '../../shared/host/threads/cpu-quota.ts';
import type { FleetQueues } from '../../shared/queue/fleet-queues.ts';
import type { RedisTarget } from '../../shared/queue/redis-connection.ts';
import type { RedisWatch } from '../../shared/queue/redis-watch.ts';
import type { RunProgress } from '../../shared/queue/run-counters.ts';
import type { Places } from '../../shared/storage/allowed-places.ts';
import { confined } from '../../shared/storage/confined-store.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { StoreOptions } from '../../shared/storage/open-store.ts';
import { type Logger, scopedLogger } from '../../shared/telemetry/logger.ts';
import { FleetWorker } from '../../worker/queue/fleet-worker.ts';
import { OpenRuns } from '../../worker/queue/open-runs.ts';
import { openRedisInFlightNote } from '../../worker/queue/redis-in-flight-note.ts';
import { ByteBudget, inFlightBytes } from '../../worker/shard/byte-budget.ts';
import type { PauseWatch } from '../pause-watch.ts';
import { type ServedAt, type ServedProbes, serveProbes } from '../probes/serve-probes.ts';
import { openServiceFleet, serveFleet } from '../serve-fleet.ts';
import { serviceStores } from '../service-stores.ts';
import { bookFailedShard } from './book-failed-shard.ts';
import { startFleetExplainer } from './fleet-explainer.ts';
import { type Heartbeat, startHeartbeat } from './heartbeat.ts';
import { WorkerTelemetry } from './worker-telemetry.ts';

/** What a worker of the fleet is told. */
export interface FleetWorkerSettings {
  readonly redis: RedisTarget;
  readonly storage: StoreOptions;
  /** Where it may write and read. */
  readonly places: Places;
  /** Where it answers `/metrics`, `/healthz` and `/readyz`. */
  readonly served: ServedAt;
  /** `auto`, `cpu`, `cuda:0`, ... */
  readonly device: string;
  /** CPU threads; the cores that this process may use when absent. */
  readonly threads?: number | undefined;
  /** Images a model call; the device decides when absent. */
  readonly batch?: number | undefined;
  /** Shards at once. */
  readonly concurrency: number;
  /** A shard whose worker is silent for so long goes to another. */
  readonly lockMs: number;
  /** How often such shards are looked for. */
  readonly stalledIntervalMs: number;
  /** How long running shards may go on after SIGTERM. */
  readonly graceMs: number;
  /** Where models are kept; the cache folder of the user when absent. */
  readonly modelCache?: string | undefined;
  readonly modelCacheBytes: number;
  readonly logger: Logger;
}

interface WorkerParts {
  readonly name: string;
  readonly logger: Logger;
  readonly connection: Redis | Cluster;
  readonly watch: RedisWatch;
  readonly pauses: PauseWatch;
  readonly queues: FleetQueues;
  readonly progress: RunProgress;
  readonly heartbeat: Heartbeat;
  readonly telemetry: WorkerTelemetry;
  readonly runs: OpenRuns;
  /** Aborted when running shards must be handed back. */
  readonly shutdown: AbortController;
  openStore(uri: string): ObjectStore;
}

/**
 * Works for the fleet until a signal ends it.
 *
 * @throws EigenfleetError `device` for one that does not work, `refused` when Redis will not be worked with.
 */
export async function runFleetWorker(worker: FleetWorkerSettings): Promise<void> {
  const parts = await openParts(worker);
  const { logger, connection, watch, pauses, telemetry, heartbeat, runs, queues } = parts;
  const { concurrency } = worker;
  let probes: ServedProbes | undefined;
  try {
    probes = await serveProbes({ at: worker.served, facts: telemetry.facts, logger });
    await serveFleet({
      ...{ connection, watch, pauses, logger, graceMs: worker.graceMs },
      start: () => {
        const fleet = startFleetWorker(worker, parts);
        logger.info({ concurrency }, 'worker started');
        return fleet;
      },
      onStopping: () => telemetry.stopping(),
    });
  } finally {
    await probes?.close();
    await heartbeat.stop();
    await runs.close();
    await queues.close();
    connection.disconnect();
  }
}

async function openParts(worker: FleetWorkerSettings): Promise<WorkerParts> {
  const { places, storage } = worker;
  const name = `${hostname()}-${process.pid}-${randomBytes(2).toString('hex')}`;
  const logger = scopedLogger(worker.logger, { worker: name });
  await assertNamedDevice(worker.device);
  const { device, sentence } = await chooseDevice(parseDevice(worker.device));
  logger.info({ device }, sentence);
  const opened = openServiceFleet(worker.redis, logger);
  const { connection, redis: watch, queues, progress, pauses } = opened;
  const shutdown = new AbortController();
  const stores = serviceStores({ storage, logger, progress, signal: shutdown.signal });
  const telemetry = new WorkerTelemetry(name, queues);
  telemetry.awaits(() => stores.fault);
  telemetry.awaits(() => watch.awaited);
  telemetry.awaits(() => pauses.awaited);
  const { batch, modelCache, modelCacheBytes, threads = availableThreads() } = worker;
  const cache = { cacheFolder: modelCache, cacheBytes: modelCacheBytes };
  const loading = { device, threads, batch, ...cache, watch: telemetry.inference };
  const open = (uri: string): ObjectStore => confined(stores.openResults(uri), places.outs);
  const runs = new OpenRuns({
    openStore: open,
    openImages: async (uri) =>
      (await places.ins.has(uri)) ? confined(stores.open(uri), places.ins) : undefined,
    onLabelsLeftOut: (place) =>
      logger.warn(
        { labels: place },
        `this worker may not read labels from ${place}: images are explained without them; restart it with --allow-in ${place}, or plan runs with --no-labels`,
      ),
    startExplainer: (spec, store) =>
      telemetry.load(() => startFleetExplainer(spec, store, loading)),
  });
  const heartbeat = startHeartbeat({ progress, worker: name, device, logger });
  return {
    ...{ name, logger, connection, watch, pauses, queues, progress, heartbeat, telemetry, runs },
    ...{ shutdown, openStore: open },
  };
}

function startFleetWorker(worker: FleetWorkerSettings, parts: WorkerParts): FleetWorker {
  const { name, logger, connection, watch, queues, progress, heartbeat, telemetry, runs } = parts;
  return new FleetWorker({
    ...{ connection, watch, name, logger, concurrency: worker.concurrency },
    shutdown: parts.shutdown,
    lockMs: worker.lockMs,
    stalledIntervalMs: worker.stalledIntervalMs,
    graceMs: worker.graceMs,
    isAllowedOut: (out) => worker.places.outs.has(out),
    ports: {
      ...{ runs, queues, progress, budget: new ByteBudget(inFlightBytes) },
      storeOptions: worker.storage,
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
