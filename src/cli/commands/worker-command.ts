import type { Command } from 'commander';
import { runFleetWorker } from '../../fleet/worker/run-fleet-worker.ts';
import { addRedisOptions } from '../options/fleet-options.ts';
import { addStoreOptions } from '../options/store-options.ts';
import { addWorkerOptions, parseWorkerOptions } from '../options/worker-options.ts';
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

Jobs name where results go, and runs where their images are. --allow-out and --allow-in keep the worker to places of yours: what lies elsewhere
it leaves to other workers, and says so once. With --allow-out alone, images may come from the same buckets and folders.

SIGTERM lets the running shards finish within --grace and hands back the rest, no attempt used; a second one hands back at once. Past that,
the worker leaves within 5 s with code 130, even when Redis is away.`,
    )
    .action(async (options: Record<string, unknown>) => {
      const worker = parseWorkerOptions(options);
      process.exitCode =
        worker.supervise || worker.devices !== undefined
          ? await runWorkerProcesses(worker, process.argv.slice(2))
          : await runFleetWorker(worker, options);
    });
  addWorkerOptions(command);
  addStoreOptions(command);
  addRedisOptions(command);
}
