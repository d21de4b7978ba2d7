import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../../shared/errors.ts';
import type { Device, DeviceProbe } from './devices.ts';

const probeProgram = fileURLToPath(new URL('./device-probe-program.js', import.meta.url));

/** A driver that is silent for this long is unusable; the first run on a slow one takes seconds. */
const patienceMs = 60_000;

/**
 * Probes one device in a child process, so that a driver that crashes or hangs is an answer like any other.
 *
 * @param program The child's program; tests pass another one.
 */
export function probeInChild(device: Device, program = probeProgram): Promise<DeviceProbe> {
  return new Promise((resolve) => {
    const child = fork(program, [device], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    const settle = (probe: DeviceProbe): void => {
      clearTimeout(timer);
      resolve(probe);
    };
    const fail = (reason: string): void => {
      const remedy = 'update or reinstall its driver, or use another device.';
      settle({ status: 'unavailable', device, reason, remedy });
    };
    child.once('message', (message) => {
      settle(message as DeviceProbe);
      child.kill('SIGKILL');
    });
    child.once('error', (error) => fail(messageOf(error)));
    child.once('exit', (code, signal) => {
      const end = signal === null ? `exit code ${code}` : `signal ${signal}`;
      fail(`the process that tried it ended with ${end}`);
    });
  });
}
