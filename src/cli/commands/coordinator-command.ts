import type { Command } from 'commander';
import { Coordinator } from '../../fleet/coordinator/coordinator.ts';
import { CoordinatorTelemetry } from '../../fleet/coordinator/coordinator-telemetry.ts';
import { leaveUnfinished } from '../../fleet/leave-unfinished.ts';
import { type ServedProbes, serveProbes } from '../../fleet/probes/serve-probes.ts';
import { serviceStores } from '../../fleet/service-stores.ts';
import { untilStopped, usualGraceMs } from '../../fleet/until-stopped.ts';
import { FleetQueues } from '../../shared/queue/fleet-queues.ts';
import { assertRedis, connectRedis } from '../../shared/queue/redis-connection.ts';
import { RedisOutage } from '../../shared/queue/redis-outage.ts';
import { RunProgress } from '../../shared/queue/run-counters.ts';
import { readLogLevel } from '../../shared/settings/parse-setting.ts';
import { confined } from '../../shared/storage/confined-store.ts';
import { openStore } from '../../shared/storage/open-store.ts';
import { createLogger } from '../../shared/telemetry/logger.ts';
import { addRedisOptions, redisTargetOf } from '../options/fleet-options.ts';
import { addHttpOptions, httpOptions } from '../options/http-options.ts';
import { optional, parseOptions, seconds, texts } from '../options/option-values.ts';
import { addPlaceOptions, placeOptions, placesOf } from '../options/place-options.ts';
import { addStoreOptions, storeOptionsOf } from '../options/store-options.ts';

const coordinatorOptions = {
  out: optional(texts),
  sweepSeconds: seconds(),
  ...placeOptions,
  ...httpOptions,
};

export function addCoordinatorCommand(program: Command): void {
  const command = program
    .command('coordinator')
    .description(
      'keep the fleet whole: restore lost jobs, summarize runs that are settled; always on, no GPU',
    )
    .option('-o, --out <folder...>', 'results to look after, beside those that producers name')
    .option('--sweep-seconds <n>', 'how often storage is compared with Redis', '30')
    .addHelpText(
      'after',
      `
Examples:
  eigenfleet coordinator --out s3://results
  eigenfleet coordinator --out s3://results --sweep-seconds 60 --http-port 9465
  eigenfleet coordinator --allow-out s3://results/audits --allow-in s3://data`,
    )
    .action(async (raw: Record<string, unknown>) => {
      process.exitCode = await runCoordinator(raw);
    });
  addPlaceOptions(command);
  addHttpOptions(command);
  addStoreOptions(command);
  addRedisOptions(command);
}

async function runCoordinator(raw: Record<string, unknown>): Promise<number> {
  const options = parseOptions(coordinatorOptions, raw);
  const { out = [], sweepSeconds } = options;
  const places = placesOf(options);
  const target = redisTargetOf(raw);
  const logger = createLogger({ level: readLogLevel(), component: 'coordinator' });
  const connection = connectRedis(target, 'work');
  const outage = new RedisOutage(connection, logger);
  const queues = new FleetQueues(connection);
  const progress = new RunProgress(connection);
  const shutdown = new AbortController();
  const storage = storeOptionsOf(raw);
  const stores = serviceStores({ storage, logger, progress, signal: shutdown.signal });
  const telemetry = new CoordinatorTelemetry(queues);
  telemetry.awaits(() => stores.fault);
  const { facts } = telemetry;
  let probes: ServedProbes | undefined;
  try {
    probes = await serveProbes({ at: options, facts, logger });
    await assertRedis(connection, target.url);
    const open = (uri: string) => openStore(uri, storage);
    const coordinator = new Coordinator({
      ...{ connection, outage, queues, logger, progress },
      outs: out.map((uri) => open(uri).uri),
      sweepEveryMs: sweepSeconds * 1000,
      openStore: (uri) => confined(open(uri), places.outs),
      openPatientStore: (uri) => confined(stores.open(uri), places.outs),
      openImages: (uri) => confined(stores.open(uri), places.ins),
      places,
      storeOptions: storage,
      watch: telemetry,
    });
    coordinator.start();
    logger.info({ outs: out, sweepSeconds }, 'coordinator started');
    const stop = (): Promise<void> => {
      telemetry.stopping();
      // A summary that waits for storage is made by the next coordinator.
      shutdown.abort();
      return coordinator.stop();
    };
    const leave = (): void => leaveUnfinished(logger, connection);
    await untilStopped({ stop, abort: leave, leave, graceMs: usualGraceMs });
    return 0;
  } finally {
    await probes?.close();
    await queues.close();
    connection.disconnect();
  }
}
