import { EigenfleetError } from '../../shared/errors.ts';
import { parseDevice, unavailableSentence } from './devices.ts';
import { probeInChild } from './probe-in-child.ts';

/**
 * Refuses a requested device that does not work, before anything starts; `auto` always finds one. Tries it in a child process, whose
 * drivers may print and crash as they like.
 *
 * @throws EigenfleetError `device`; `usage` for what is not a device.
 */
export async function assertNamedDevice(device: string): Promise<void> {
  const named = parseDevice(device);
  if (named === 'auto' || named === 'cpu') return;
  const probe = await probeInChild(named);
  if (probe.status === 'works') return;
  throw new EigenfleetError('device', unavailableSentence(named, probe.reason));
}
