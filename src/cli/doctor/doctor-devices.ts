import type { Device, DeviceProbe } from '../../model/runtime/devices.ts';
import { probeInChild } from '../../model/runtime/probe-in-child.ts';
import { runtimeReason } from '../../model/runtime/runtime-reason.ts';
import type { DoctorCheck } from './doctor-check.ts';

/**
 * What `--device auto` tries, as in `candidateDevices`. Repeated here, because importing that module loads ONNX Runtime into
 * this process, and ONNX Runtime may be what is broken.
 */
export function devicesToProbe(platform: NodeJS.Platform): readonly Device[] {
  if (platform === 'darwin') return ['coreml', 'webgpu', 'cpu'];
  if (platform === 'win32') return ['dml', 'webgpu', 'cpu'];
  return ['cuda:0', 'webgpu', 'cpu'];
}

/** Checks which devices really compute: runs a small graph on each device of this platform, one after the other. */
export async function checkDevices(): Promise<DoctorCheck[]> {
  const checks: DoctorCheck[] = [];
  for (const device of devicesToProbe(process.platform)) {
    checks.push(describeProbe(await probeInChild(device)));
  }
  return checks;
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
