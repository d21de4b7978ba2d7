import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Device, DeviceProbe } from '../../model/runtime/devices.ts';
import { runtimeReason } from '../../model/runtime/runtime-reason.ts';
import { messageOf } from '../../shared/errors.ts';
import type { DoctorCheck } from './doctor-check.ts';

const probeProgram = fileURLToPath(
  new URL('../../model/runtime/device-probe-program.js', import.meta.url),
);

/** A driver that has said nothing for this long will not be of use; the first run on a slow one takes seconds. */
const patienceMs = 60_000;

/**
 * What `--device auto` tries, as `candidateDevices` has it. Said again here, because importing that module loads ONNX Runtime into
 * this process, and ONNX Runtime may be what is broken.
 */
export function devicesToProbe(platform: NodeJS.Platform): readonly Device[] {
  if (platform === 'darwin') return ['coreml', 'webgpu', 'cpu'];
  if (platform === 'win32') return ['dml', 'webgpu', 'cpu'];
  return ['cuda:0', 'webgpu', 'cpu'];
}

/** Which devices really compute: a small graph is run on each of this platform's, one after the other. */
export async function checkDevices(): Promise<DoctorCheck[]> {
  const checks: DoctorCheck[] = [];
  for (const device of devicesToProbe(process.platform)) {
    checks.push(describeProbe(await probeInChild(device)));
  }
  return checks;
}

/**
 * Probes one device in a child process, so that a driver which crashes or hangs is an answer like any other.
 *
 * @param program What the child runs; another one in tests.
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

function describeProbe(probe: DeviceProbe): DoctorCheck {
  const name = `device ${probe.device}`;
  if (probe.status === 'works') {
    const says = `works (a small graph ran in ${probe.ms.toFixed(1)} ms)`;
    return { name, status: 'ok', says, data: { ...probe } };
  }
  return {
    name,
    status: probe.device === 'cpu' ? 'problem' : 'note',
    says: `not available: ${runtimeReason(probe.reason)}`,
    remedy: probe.remedy,
    data: { ...probe },
  };
}
