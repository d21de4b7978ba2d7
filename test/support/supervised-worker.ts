import { whenParentGone } from '../../src/fleet/parent-watch.ts';
import { superviseWorkers } from '../../src/fleet/worker/worker-processes.ts';
import { silentLogger } from '../../src/shared/telemetry/logger.ts';

/** A program like `eigenfleet worker`: without arguments the supervisor of one worker, with one the worker of that device. */
const [device] = process.argv.slice(2);
if (device === undefined) {
  const logger = silentLogger();
  process.exitCode = await superviseWorkers({ devices: ['cpu'], argsFor: (one) => [one], logger });
} else {
  const work = setInterval(() => {}, 60_000);
  whenParentGone(() => {
    process.stdout.write('supervisor gone\n');
    clearInterval(work);
  });
  process.stdout.write(`worker of ${device}\n`);
}
