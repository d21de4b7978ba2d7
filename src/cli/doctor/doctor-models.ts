import { readProbes } from '../../model/probe/probe-record.ts';
import { probeText } from '../../model/probe/probe-report.ts';
import type { DoctorCheck } from './doctor-check.ts';

const mostShown = 3;

/** The models that were tried on this machine with a made image, and what was checked of them. */
export async function checkModels(): Promise<DoctorCheck> {
  const probes = await readProbes();
  const shown = probes
    .slice(0, mostShown)
    .map(({ model, device, report }) => `${model} on ${device} (${probeText(report)})`);
  const more = probes.length > mostShown ? ` and ${probes.length - mostShown} more` : '';
  const says =
    probes.length === 0
      ? 'none was checked on this machine yet: a run tries its model on a made image first'
      : `checked with a made image: ${shown.join('; ')}${more}`;
  return { name: 'models', status: 'ok', says, data: { probes } };
}
