import type { Command } from 'commander';
import { type FleetWorkerSettings, runFleetWorker } from '../../fleet/worker/run-fleet-worker.ts';
import { readLogLevel } from '../../shared/host/environment.ts';
import { createLogger } from '../../shared/telemetry/logger.ts';
import { addRedisOptions, redisTargetOf } from '../options/fleet-options.ts';
import { placesOf } from '../options/place-options.ts';
import { addStoreOptions, storeOptionsOf } from '../options/store-options.ts';
import {
  addWorkerOptions,
  parseWorkerOptions,
  type WorkerOptions,
} from '../options/worker-options.ts';
import { runWorkerProcesses } from './run-worker-processes.ts';

export function addWorkerCommand(program: Command): void {
  const command = program
    .command('worker')
    .description('take shards from the fleet, explain them, write their results')
    .addHelpText(
      'after',
      `
Examples:
  eigenfleet worker --redis rediss://queue.internal:6379 --device cuda:0
  eigenfleet worker --devices cuda:0,cuda:1 --http-port 9464
  eigenfleet worker --allow-out s3://results/audits --allow-in s3://data --grace 100

Jobs name where results go, and runs where their images are. --allow-out and --allow-in confine the worker to your places: it leaves
other places to other workers, and says so once. With --allow-out alone, images may come from the same buckets and folders.

SIGTERM lets the running shards finish within --grace and hands back the rest without using an attempt; a second one hands back at once. Past that,
the worker leaves within 5 s with code 130, even when Redis is away.`,
    )
    .action(async (options: Record<string, unknown>) => {
      const worker = parseWorkerOptions(options);
      if (worker.supervise || worker.devices !== undefined) {
        process.exitCode = await runWorkerProcesses(worker, process.argv.slice(2));
      } else {
        await runFleetWorker(settingsOf(worker, options));
        process.exitCode = 0;
      }
    });
  addWorkerOptions(command);
  addStoreOptions(command);
  addRedisOptions(command);
}

/** Options are checked before anything opens: Redis, storage and places first. */
function settingsOf(
  { grace, lockSeconds, stalledSeconds, ...worker }: WorkerOptions,
  raw: Readonly<Record<string, unknown>>,
): FleetWorkerSettings {
  return {
    ...worker,
    redis: redisTargetOf(raw),
    storage: storeOptionsOf(raw),
    places: placesOf(worker),
    served: worker,
    graceMs: grace * 1000,
    lockMs: lockSeconds * 1000,
    stalledIntervalMs: stalledSeconds * 1000,
    logger: createLogger({ level: readLogLevel(), component: 'worker' }),
  };
}
