/**
 * The program that `eigenfleet doctor` starts once for each device: runs a small graph there and sends the outcome to its parent.
 * A separate process, because a broken driver ends the whole process.
 */
import { messageOf } from '../../shared/errors.ts';

const device = process.argv[2] ?? '';

async function probe(): Promise<unknown> {
  try {
    const { parseDevice, probeDevice } = await import('./devices.ts');
    const parsed = parseDevice(device);
    return await probeDevice(parsed === 'auto' ? 'cpu' : parsed);
  } catch (error) {
    const remedy = 'install the dependencies on this machine with "npm ci".';
    return { status: 'unavailable', device, reason: messageOf(error), remedy };
  }
}

process.send?.(await probe());
