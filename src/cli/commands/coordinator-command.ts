import type { Command } from 'commander';
import { Coordinator } from '../../fleet/coordinator/coordinator.ts';
import { CoordinatorTelemetry } from '../../fleet/coordinator/coordinator-telemetry.ts';
import { type ServedProbes, serveProbes } from '../../fleet/probes/serve-probes.ts';
import { openServiceFleet, serveFleet } from '../../fleet/serve-fleet.ts';
import { serviceStores } from '../../fleet/service-stores.ts';
import { usualGraceMs } from '../../fleet/until-stopped.ts';
import { readLogLevel } from '../../shared/host/environment.ts';
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
      'keep the fleet whole: restore lost jobs, summarize settled runs; always on, needs no GPU',
    )
    .option('-o, --out <folder...>', 'results to sweep, in addition to those that producers name')
    .option('--sweep-seconds <n>', 'how often to compare storage with Redis', '30')
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
  // Options are checked before anything opens or waits.
  const { options, storage, places, open, outs } = judged(raw);
  const logger = createLogger({ level: readLogLevel(), component: 'coordinator' });
  const fleet = openServiceFleet(redisTargetOf(raw), logger);
  const { connection, queues, progress, redis, pauses } = fleet;
  const shutdown = new AbortController();
  const stores = serviceStores({ storage, logger, progress, signal: shutdown.signal });
  const telemetry = new CoordinatorTelemetry(queues);
  telemetry.awaits(() => stores.fault);
  telemetry.awaits(() => redis.awaited);
  telemetry.awaits(() => pauses.awaited);
  const ports: CoordinatorPorts = {
    ...{ ...fleet, logger, places, watch: telemetry, storeOptions: storage, outs },
    sweepEveryMs: options.sweepSeconds * 1000,
    openStore: (uri) => confined(open(uri), places.outs),
    openPatientStore: (uri) => confined(stores.openResults(uri), places.outs),
    openImages: (uri) => confined(stores.open(uri), places.ins),
  };
  const onStopping = (): void => {
    telemetry.stopping();
    // The next coordinator makes a summary that waits for storage.
    shutdown.abort();
  };
  let probes: ServedProbes | undefined;
  try {
    probes = await serveProbes({ at: options, facts: telemetry.facts, logger });
    await serveFleet({
      ...{ connection, watch: redis, pauses, logger, graceMs: usualGraceMs },
      start: () => startCoordinator(ports),
      onStopping,
    });
    return 0;
  } finally {
    await probes?.close();
    await queues.close();
    connection.disconnect();
  }
}

/** Throws `usage` for what cannot be. */
function judged(raw: Record<string, unknown>) {
  const options = parseOptions(coordinatorOptions, raw);
  const storage = storeOptionsOf(raw);
  const open = (uri: string) => openStore(uri, storage);
  const outs = (options.out ?? []).map((uri) => open(uri).uri);
  return { options, storage, places: placesOf(options), open, outs };
}

type CoordinatorPorts = ConstructorParameters<typeof Coordinator>[0];

function startCoordinator(ports: CoordinatorPorts): Coordinator {
  const coordinator = new Coordinator(ports);
  coordinator.start();
  const { outs, sweepEveryMs, logger } = ports;
  logger.info({ outs, sweepSeconds: sweepEveryMs / 1000 }, 'coordinator started');
  return coordinator;
}
