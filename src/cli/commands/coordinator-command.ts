import type { Command } from 'commander';
import type { AuditKeeper } from '../../fleet/coordinator/audit-keeper.ts';
import { Coordinator } from '../../fleet/coordinator/coordinator.ts';
import type { CoordinatorOptions } from '../../fleet/coordinator/coordinator-options.ts';
import { CoordinatorTelemetry } from '../../fleet/coordinator/coordinator-telemetry.ts';
import { type KeptAudits, keepAudits } from '../../fleet/coordinator/keep-audits.ts';
import { type ServedProbes, serveProbes } from '../../fleet/probes/serve-probes.ts';
import { openServiceFleet, serveFleet } from '../../fleet/serve-fleet.ts';
import { serviceStores } from '../../fleet/service-stores.ts';
import { usualGraceMs } from '../../fleet/until-stopped.ts';
import { readLogLevel } from '../../shared/host/environment.ts';
import { confined } from '../../shared/storage/confined-store.ts';
import { openStore } from '../../shared/storage/open-store.ts';
import { createLogger } from '../../shared/telemetry/logger.ts';
import { evaluateAnew } from '../audit/evaluate-anew.ts';
import { addRedisOptions, redisTargetOf } from '../options/fleet-options.ts';
import { fromEnvironment } from '../options/from-environment.ts';
import { addHomeOption, addWebhookOption, homeOf } from '../options/home-option.ts';
import { addHttpOptions, httpOptions } from '../options/http-options.ts';
import { isSaid, optional, parseOptions, seconds, texts } from '../options/option-values.ts';
import { addPlaceOptions, placeOptions, placesOf } from '../options/place-options.ts';
import { addStoreOptions, storeOptionsOf } from '../options/store-options.ts';

const coordinatorOptions = {
  out: optional(texts),
  sweepSeconds: seconds(),
  allowInternalWebhooks: isSaid,
  ...placeOptions,
  ...httpOptions,
};

export function addCoordinatorCommand(program: Command): void {
  const command = program
    .command('coordinator')
    .description(
      'keep the fleet whole: restore lost jobs, summarize settled runs, begin audits; always on, needs no GPU',
    )
    .option('-o, --out <folder...>', 'results to sweep, in addition to those that producers name')
    .option('--sweep-seconds <n>', 'how often to compare storage with Redis', '30')
    .addHelpText(
      'after',
      `
Examples:
  eigenfleet coordinator --out s3://results
  eigenfleet coordinator --out s3://results --sweep-seconds 60 --http-port 9465
  eigenfleet coordinator --allow-out s3://results/audits --allow-in s3://data
  eigenfleet coordinator --out s3://results --audits s3://data/audits`,
    )
    .action(async (raw: Record<string, unknown>) => {
      process.exitCode = await runCoordinator(raw);
    });
  addWebhookOption(addHomeOption(command, 'also run the audits that are kept here'));
  addPlaceOptions(command);
  addHttpOptions(command);
  addStoreOptions(command);
  addRedisOptions(command);
}

async function runCoordinator(raw: Record<string, unknown>): Promise<number> {
  // Options are checked before anything opens or waits.
  const { options, storage, places, open, outs, home, allowInternal } = judged(raw);
  const logger = createLogger({ level: readLogLevel(), component: 'coordinator' });
  const fleet = openServiceFleet(redisTargetOf(raw), logger);
  const { queues, progress, redis, pauses } = fleet;
  const shutdown = new AbortController();
  const stores = serviceStores({ storage, logger, progress, signal: shutdown.signal });
  const telemetry = new CoordinatorTelemetry(queues);
  for (const fault of [() => stores.fault, () => redis.awaited, () => pauses.awaited])
    telemetry.awaits(fault);
  const own: CoordinatorOptions = {
    ...{ ...fleet, logger, places, watch: telemetry, storeOptions: storage, outs },
    sweepEveryMs: options.sweepSeconds * 1000,
    openStore: (uri) => confined(open(uri), places.outs),
    openPatientStore: (uri) => confined(stores.openResults(uri), places.outs),
    openImages: (uri) => confined(stores.open(uri), places.ins),
  };
  const openSource = (uri: string) => confined(open(uri), places.ins);
  const audits = home && (await auditsOf({ ...own, home, storage, openSource, allowInternal }));
  if (audits !== undefined) telemetry.audits(() => audits.states);
  let probes: ServedProbes | undefined;
  try {
    probes = await serveProbes({ at: options, facts: telemetry.facts, logger });
    await serveFleet({
      ...{ ...fleet, watch: redis, logger, graceMs: usualGraceMs },
      start: () => startCoordinator({ ...own, audits }),
      onStopping: () => {
        telemetry.stopping();
        // The next coordinator makes a summary that waits for storage.
        shutdown.abort();
      },
    });
    return 0;
  } finally {
    await probes?.close();
    await queues.close();
    fleet.connection.disconnect();
  }
}

/** Throws `usage` for what cannot be. */
function judged(raw: Record<string, unknown>) {
  const options = parseOptions(coordinatorOptions, raw);
  const storage = storeOptionsOf(raw);
  const open = (uri: string) => openStore(uri, storage);
  const outs = (options.out ?? []).map((uri) => open(uri).uri);
  const home = homeOf(raw, storage);
  const allowInternal = options.allowInternalWebhooks;
  return { options, storage, places: placesOf(options), open, outs, home, allowInternal };
}

async function auditsOf(
  options: CoordinatorOptions &
    Pick<KeptAudits, 'home' | 'storage' | 'openSource' | 'allowInternal'>,
): Promise<AuditKeeper> {
  const { datasetsFolder } = await fromEnvironment();
  const { storage, openStore } = options;
  return keepAudits({
    ...{ ...options, datasetsFolder, beatEveryMs: options.sweepEveryMs },
    evaluateAnew: (run, labels, ports) =>
      evaluateAnew(run, labels, { ...ports, storage, openStore }),
  });
}

function startCoordinator(ports: CoordinatorOptions): Coordinator {
  const coordinator = new Coordinator(ports);
  coordinator.start();
  const { outs, sweepEveryMs, logger } = ports;
  logger.info({ outs, sweepSeconds: sweepEveryMs / 1000 }, 'coordinator started');
  return coordinator;
}
