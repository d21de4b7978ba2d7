import { workerEnvironment } from '../../fleet/worker/allocator-environment.ts';
import { superviseWorkers } from '../../fleet/worker/worker-processes.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import { readLogLevel } from '../../shared/host/environment.ts';
import { createLogger } from '../../shared/telemetry/logger.ts';
import { parseDeviceList } from '../options/device-list.ts';
import type { WorkerOptions } from '../options/worker-options.ts';

const highestPort = 65_535;

/** Runs a supervised worker process for each device until a signal ends them. Returns the exit code. */
export async function runWorkerProcesses(
  worker: WorkerOptions,
  args: readonly string[],
): Promise<number> {
  const devices = parseDeviceList(worker.devices ?? worker.device);
  const { httpPort } = worker;
  if (httpPort !== undefined && httpPort + devices.length - 1 > highestPort) {
    throw new EigenfleetError(
      'usage',
      `--http-port ${httpPort} leaves no port for each of ${devices.length} devices: use one up to ${highestPort - devices.length + 1}.`,
    );
  }
  return superviseWorkers({
    environment: workerEnvironment(process.env),
    devices,
    argsFor: (device, index) => childArguments(args, { device, index, httpPort }),
    logger: createLogger({ level: readLogLevel(), component: 'supervisor' }),
  });
}

export interface ChildPlace {
  readonly device: string;
  readonly index: number;
  /** The first child's; 0 lets each take a free one. */
  readonly httpPort: number | undefined;
}

/**
 * Derives the command line of one worker from the supervisor's: the last occurrence of an option counts, so only options that would make it a
 * supervisor are removed.
 */
export function childArguments(
  args: readonly string[],
  { device, index, httpPort }: ChildPlace,
): string[] {
  const kept = args.filter(
    (arg, i) =>
      arg !== '--supervise' &&
      arg !== '--devices' &&
      args[i - 1] !== '--devices' &&
      !arg.startsWith('--devices='),
  );
  const port = httpPort === undefined || httpPort === 0 ? httpPort : httpPort + index;
  return [...kept, '--device', device, ...(port === undefined ? [] : ['--http-port', `${port}`])];
}
